namespace NodeGate.Host.Daemon;

/// <summary>How a file looks from outside. A file that is not there has a stamp as well, so that its coming is a change.</summary>
internal readonly record struct FileStamp(string? Target, long Length, long ModifiedTicks)
{
    internal static FileStamp Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            var real = target is null ? file : new FileInfo(target);
            return real.Exists ? new FileStamp(target, real.Length, real.LastWriteTimeUtc.Ticks) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not readable now is a look of its own; when it becomes readable, that is a change.
            return new FileStamp(e.GetType().Name, -1, 0);
        }
    }
}
