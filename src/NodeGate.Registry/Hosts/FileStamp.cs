namespace NodeGate.Registry.Hosts;

/// <summary>What tells cheaply whether a file or folder changed.</summary>
internal readonly record struct FileStamp(string Path, DateTime Modified, long Length)
{
    internal static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        if (file.Exists)
        {
            return new(path, file.LastWriteTimeUtc, file.Length);
        }

        var folder = new DirectoryInfo(path);
        return folder.Exists ? new(path, folder.LastWriteTimeUtc, -1) : new(path, default, -2);
    }

    internal bool IsCurrent() => this == Of(Path);
}
