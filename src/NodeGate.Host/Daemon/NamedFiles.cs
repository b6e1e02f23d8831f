using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>
/// Gives a policy the bytes that it names, and keeps how each file looked before it was read, so that a change of any of them reloads the policy.
/// </summary>
internal sealed class NamedFiles : IPolicyFiles
{
    internal Dictionary<string, FileStamp> Stamps { get; } = new(StringComparer.Ordinal);

    public FileContent Read(string policyPath, string file, int maxBytes) =>
        Read(Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(policyPath)) ?? "/"), maxBytes);

    public FileContent ReadBuiltIn(string name) => FileContent.Unreadable("it is not part of this build");

    public FileContent ReadFetched(TufSource source) => FileContent.Unreadable("it was never fetched");

    private FileContent Read(string path, int maxBytes)
    {
        Stamps[path] = FileStamp.Of(path);
        if (!PolicyFolder.TryRead(path, maxBytes + 1, out var content, out var error))
        {
            return FileContent.Unreadable($"{error} ({path})");
        }

        return content.Length > maxBytes
            ? FileContent.Unreadable($"a file of more than {maxBytes} bytes ({path})")
            : FileContent.Found(content);
    }
}
