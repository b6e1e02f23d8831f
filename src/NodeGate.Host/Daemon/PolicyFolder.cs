using NodeGate.Host.Trust;
using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>
/// The policy's files on disk: a file, or the <c>*.yaml</c> and <c>*.yml</c> of a folder in the order of their names (dot files are
/// left out, so that a mounted ConfigMap's <c>..data</c> is not read twice), and the files they name.
/// </summary>
/// <param name="path">The file or folder.</param>
/// <param name="fetched">The trust roots that were fetched.</param>
internal sealed class PolicyFolder(string path, TufTrustStore fetched)
{
    /// <summary>The file or folder.</summary>
    internal string Path { get; } = path;

    /// <summary>Reads and loads everything. I/O failures are errors of the result, beside those of the content.</summary>
    internal PolicySnapshot Load()
    {
        var named = new NamedFiles(fetched);
        var files = new List<PolicyFile>();
        var failures = new List<string>();
        var stamps = new SortedDictionary<string, FileStamp>(StringComparer.Ordinal);
        foreach (var file in List(failures))
        {
            stamps[file] = FileStamp.Of(file);
            if (TryRead(file, PolicyLimits.MaxFileBytes + 1, out var content, out var error))
            {
                files.Add(new PolicyFile(file, content));
            }
            else
            {
                failures.Add($"{file}: found {error}; expected a policy file that can be read");
            }
        }

        if (failures.Count > 0)
        {
            return new PolicySnapshot(null, failures, stamps);
        }

        var result = PolicyLoader.Load(files, named);
        foreach (var (file, stamp) in named.Stamps)
        {
            stamps[file] = stamp;
        }

        return new PolicySnapshot(result.Model, [.. result.Errors.Select(e => e.ToString())], stamps);
    }

    /// <summary>
    /// Whether the files look different from outside: a change of name, size, time or inode of any of them, or of the list.
    /// Symbolic links are followed, because a ConfigMap changes by swapping one.
    /// </summary>
    internal bool HasChanged(PolicySnapshot snapshot)
    {
        var listed = List([]);
        return !listed.All(snapshot.Stamps.ContainsKey)
            || snapshot.Stamps.Any(stamp => stamp.Value != FileStamp.Of(stamp.Key));
    }

    private List<string> List(List<string> failures)
    {
        try
        {
            if (!Directory.Exists(Path))
            {
                return [Path];
            }

            var files = FilesIn(Path);
            if (files.Count == 0)
            {
                failures.Add($"{Path}: found no *.yaml or *.yml file; expected at least one policy (an empty policy would deny every image)");
            }

            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failures.Add($"{Path}: found {e.Message}; expected a folder that can be listed");
            return [];
        }
    }

    /// <summary>The files of a folder that count, in the order of their names; one more than there may be shows that there are too many.</summary>
    internal static List<string> FilesIn(string folder) =>
    [
        .. Directory.EnumerateFiles(folder)
            .Where(f => System.IO.Path.GetFileName(f) is var name && !name.StartsWith('.')
                && (name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)
            .Take(PolicyLimits.MaxFiles + 1),
    ];

    /// <summary>Reads at most <paramref name="maxBytes"/>; a longer file is cut there, and whoever parses it refuses it by its length.</summary>
    internal static bool TryRead(string file, int maxBytes, out byte[] content, out string error)
    {
        content = [];
        error = "";
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[(int)Math.Min(maxBytes, Math.Max(stream.Length, 0) + 1)];
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            content = buffer[..read];
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            error = "no such file";
        }
        catch (UnauthorizedAccessException)
        {
            error = Directory.Exists(file) ? "a folder" : "no permission to read it";
        }
        catch (IOException e)
        {
            error = e.Message;
        }

        return false;
    }
}
