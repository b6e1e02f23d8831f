using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Trust;

/// <summary>
/// What is kept of a TUF repository: metadata under its unversioned names, target files beside it. A file is replaced whole or not at all.
/// </summary>
/// <param name="metadata">The folder of the metadata.</param>
/// <param name="targets">The folder of the target files.</param>
public sealed class TufFolder(string metadata, string targets)
{
    /// <summary>The content of a file; null where there is none.</summary>
    public byte[]? Load(TufPlace place, string name)
    {
        var path = PathOf(place, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>Writes a file beside and renames it over the old one: a crash leaves one of the two.</summary>
    public void Store(TufPlace place, string name, ReadOnlySpan<byte> content)
    {
        var path = PathOf(place, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Deletes a file where there is one.</summary>
    public void Delete(TufPlace place, string name)
    {
        // Where the folder is not there, neither is the file.
        if (PathOf(place, name) is var path && File.Exists(path))
        {
            File.Delete(path);
        }
    }

    /// <summary>Where a file lies. Names are those that <see cref="TufUpdater"/> gives, or our own.</summary>
    /// <exception cref="ArgumentException">The name would lead out of the folder.</exception>
    public string PathOf(TufPlace place, string name)
    {
        if (name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' is not the name of a file.", nameof(name));
        }

        return Path.Combine(place == TufPlace.Metadata ? metadata : targets, name);
    }
}
