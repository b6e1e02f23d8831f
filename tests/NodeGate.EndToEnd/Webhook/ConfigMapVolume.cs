using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>A folder as the kubelet keeps a ConfigMap's: every file is a link through <c>..data</c>, and a change is that one link renamed.</summary>
internal sealed class ConfigMapVolume(TestFolder folder)
{
    private int _version;

    internal string Path => folder.Path;

    internal async Task WriteAsync(string file, string text)
    {
        var version = "..version_" + ++_version;
        folder.Write(System.IO.Path.Combine(version, file), text);
        File.CreateSymbolicLink(folder.At("..data_tmp"), version);
        // rename(2): .NET moves no link that leads to a folder onto another one.
        (await Command.RunAsync("mv", ["-fT", folder.At("..data_tmp"), folder.At("..data")])).EnsureSuccess();
        if (!File.Exists(folder.At(file)))
        {
            File.CreateSymbolicLink(folder.At(file), System.IO.Path.Combine("..data", file));
        }
    }
}
