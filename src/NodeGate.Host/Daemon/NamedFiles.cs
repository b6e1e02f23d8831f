using NodeGate.Host.Trust;
using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>
/// Gives a policy the bytes that it names, and keeps how each file looked before it was read, so that a change of any of them reloads the policy.
/// </summary>
/// <param name="fetched">What was fetched from TUF repositories.</param>
internal sealed class NamedFiles(TufTrustStore fetched) : IPolicyFiles
{
    internal Dictionary<string, FileStamp> Stamps { get; } = new(StringComparer.Ordinal);

    public FileContent Read(string policyPath, string file, int maxBytes) =>
        Read(Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(policyPath)) ?? "/"), maxBytes);

    public FileContent ReadBuiltIn(string name) => OfThisProgram(name, BuiltInTrust.TrustedRoot);

    public FileContent ReadBuiltInTufRoot(string name) => OfThisProgram(name, BuiltInTrust.PinnedRoot);

    public FileContent ReadFetched(TufSource source)
    {
        foreach (var path in fetched.StampPaths(source))
        {
            Stamps[path] = FileStamp.Of(path);
        }

        return fetched.Read(source);
    }

    private static FileContent OfThisProgram(string name, FileContent publicGood) =>
        name == BuiltInTrustRoots.PublicGood ? publicGood : FileContent.Unreadable("it is not part of this program");

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
