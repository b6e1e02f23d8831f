namespace NodeGate.EndToEnd.Indexes;

/// <summary>An index of two platforms in a registry, tagged <c>1</c>.</summary>
/// <param name="Name">Registry and repository.</param>
/// <param name="Digest">The index.</param>
/// <param name="Own">The image of it that this machine runs.</param>
/// <param name="Other">The image of the other platform.</param>
internal sealed record IndexImage(string Name, string Digest, string Own, string Other)
{
    internal string ByTag => Name + ":1";

    internal string ByDigest => $"{Name}@{Digest}";

    internal string OwnByDigest => $"{Name}@{Own}";

    /// <summary>Every name by which it may be asked for.</summary>
    internal string[] Names => [ByTag, ByDigest, OwnByDigest];
}
