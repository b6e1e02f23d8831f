using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Daemon;

/// <summary>artifacts/publish/nodegate: what is measured is what ships, so it is made anew when a source is newer than it.</summary>
internal static class PublishedBinary
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static string File { get; } = Path.Combine(Tools.Repository, "artifacts/publish/nodegate");

    /// <summary>Returns its path and lets the harness start it from now on. $NODEGATE_BINARY, when set, is taken as it is.</summary>
    internal static async Task<string> EnsureAsync()
    {
        if (Environment.GetEnvironmentVariable("NODEGATE_BINARY") is { Length: > 0 } given)
        {
            return Path.GetFullPath(given);
        }

        if (!System.IO.File.Exists(File) || System.IO.File.GetLastWriteTimeUtc(File) < NewestSource())
        {
            Console.WriteLine("Publishing nodegate: there is none yet, or a source is newer …");
            (await Command.RunAsync(Path.Combine(Tools.Repository, "packaging/tools/publish.sh"), [], timeout: Patience)).EnsureSuccess();
        }

        Environment.SetEnvironmentVariable("NODEGATE_BINARY", File);
        return File;
    }

    private static DateTime NewestSource() => new[] { "src", "proto" }
        .SelectMany(folder => new DirectoryInfo(Path.Combine(Tools.Repository, folder)).EnumerateFiles("*", SearchOption.AllDirectories))
        .Concat(new DirectoryInfo(Tools.Repository).EnumerateFiles("Directory.*"))
        .Where(file => file.Extension is not ".md")
        .Max(file => file.LastWriteTimeUtc);
}
