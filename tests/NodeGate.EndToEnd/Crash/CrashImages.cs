namespace NodeGate.EndToEnd.Crash;

/// <summary>A signed and an unsigned image of one repository.</summary>
internal sealed record CrashImages(NodeImage Good, NodeImage Evil, bool IsSmuggled)
{
    public const string TagName = "1";

    /// <summary>The tag under which the registry has the signed one.</summary>
    public string Tag => Good.Tagged(TagName);
}
