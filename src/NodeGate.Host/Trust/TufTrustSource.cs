using System.Security.Cryptography;

namespace NodeGate.Host.Trust;

/// <summary>A trust root that comes from a TUF repository.</summary>
/// <param name="Name">Its name in the policy, and below the state folder.</param>
/// <param name="Mirror">Where the repository is.</param>
/// <param name="PinnedRoot">The root metadata from which all trust comes.</param>
internal sealed record TufTrustSource(string Name, Uri Mirror, ReadOnlyMemory<byte> PinnedRoot)
{
    /// <summary>The pinned root's SHA-256: what is stored is believed only under the same.</summary>
    internal string Fingerprint { get; } = FingerprintOf(PinnedRoot.Span);

    internal static string FingerprintOf(ReadOnlySpan<byte> pinnedRoot) => Convert.ToHexStringLower(SHA256.HashData(pinnedRoot));
}
