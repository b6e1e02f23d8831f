using System.Security.Cryptography;

namespace NodeGate.Testing.RealParts;

/// <summary>A folder /tmp/ng-XXXXXXXX of one test part. Short, because the path of a unix socket is limited to about 100 bytes.</summary>
public sealed class TestFolder : IAsyncDisposable
{
    private TestFolder(string path) => Path = path;

    public string Path { get; }

    public static TestFolder Create()
    {
        var folder = new TestFolder("/tmp/ng-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        Directory.CreateDirectory(folder.Path);
        return folder;
    }

    /// <summary>A path below the folder.</summary>
    public string At(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Creates a folder below this one and returns its path.</summary>
    public string Folder(string name) => Directory.CreateDirectory(At(name)).FullName;

    /// <summary>Writes a file below the folder, with the folders in between, and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = At(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Unmounts what a killed runtime left mounted, then deletes. NODEGATE_KEEP=1 keeps the folder for inspection.</summary>
    public async ValueTask DisposeAsync()
    {
        await UnmountAsync();
        if (Environment.GetEnvironmentVariable("NODEGATE_KEEP") == "1" || !Directory.Exists(Path))
        {
            return;
        }

        // rm, not Directory.Delete: a container's root holds links and files without permissions.
        await Command.RunAsync("rm", ["-rf", "--one-file-system", Path]);
    }

    private async Task UnmountAsync()
    {
        var mounts = (await File.ReadAllLinesAsync("/proc/self/mountinfo"))
            .Select(line => line.Split(' ')[4])
            .Where(point => point.StartsWith(Path + "/", StringComparison.Ordinal))
            .Reverse();
        foreach (var point in mounts)
        {
            await Command.RunAsync("umount", ["-l", point]);
        }
    }
}
