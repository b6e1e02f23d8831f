using System.Diagnostics;

namespace NodeGate.Architecture.Tests;

/// <summary>The checked-out files, as git tracks them; of an export without git, every file outside the ignored folders.</summary>
internal static class Repository
{
    private static readonly string[] IgnoredFolders = [".git", "artifacts", ".tools", ".demo", "node_modules", ".vs", ".idea"];

    internal static string Root { get; } = FindRoot();

    /// <summary>Gets the paths below the root, with '/'.</summary>
    internal static string[] Files { get; } = [.. ListFiles().Where(path => File.Exists(Full(path))).Order(StringComparer.Ordinal)];

    internal static IEnumerable<string> Sources(params string[] folders) =>
        Files.Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && folders.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal)));

    internal static string Full(string path) => Path.Combine(Root, path);

    internal static string Read(string path) => File.ReadAllText(Full(path));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NodeGate.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No NodeGate.sln above {AppContext.BaseDirectory}: the walls are checked in the repository only.");
    }

    private static string[] ListFiles() => Path.Exists(Path.Combine(Root, ".git")) && TryAskGit() is { } tracked ? tracked : Walk(Root).ToArray();

    private static string[]? TryAskGit()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z", "--cached"]) { RedirectStandardOutput = true };
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No git on this machine.
            return null;
        }
    }

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Select(path => Path.GetRelativePath(Root, path))
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(path => !IgnoredFolders.Contains(Path.GetFileName(path), StringComparer.Ordinal))
                .SelectMany(Walk));
}
