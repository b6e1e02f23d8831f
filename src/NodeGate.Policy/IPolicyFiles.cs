namespace NodeGate.Policy;

/// <summary>
/// Gives the bytes that a policy names: this room does no I/O. Called while a policy is loaded. Expected failures (no such file, no permission,
/// too large, not fetched yet) are answers, not exceptions.
/// </summary>
public interface IPolicyFiles
{
    /// <summary>Reads <paramref name="file"/> of at most <paramref name="maxBytes"/>. A relative name is relative to the folder of <paramref name="policyPath"/>.</summary>
    FileContent Read(string policyPath, string file, int maxBytes);

    /// <summary>The <c>trusted_root.json</c> that is delivered with NodeGate under <paramref name="name"/>. Nothing is contacted.</summary>
    FileContent ReadBuiltIn(string name);

    /// <summary>The <c>root.json</c> of the repository that the built-in trust root <paramref name="name"/> comes from, to be pinned.</summary>
    FileContent ReadBuiltInTufRoot(string name);

    /// <summary>The <c>trusted_root.json</c> that the TUF client fetched last from <paramref name="source"/>. Nothing is contacted.</summary>
    FileContent ReadFetched(TufSource source);
}
