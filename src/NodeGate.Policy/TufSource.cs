using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>From where a trust root is fetched and kept up to date (TUF specification 1.0.34).</summary>
/// <param name="Name">The trust root's name in the policy.</param>
/// <param name="Mirror">The repository: an absolute http or https address.</param>
/// <param name="Root">The bytes of the pinned <c>root.json</c>, the one that is trusted without having been fetched.</param>
public sealed record TufSource(string Name, Uri Mirror, ReadOnlyMemory<byte> Root)
{
    /// <summary>SHA-256 of <see cref="Root"/>: what was fetched under another pinned root says nothing about this one.</summary>
    public Digest RootDigest { get; } = Digest.Of(Root.Span);
}
