using System.Collections.Immutable;

namespace NodeGate.Verification;

/// <summary>What an authority that names public keys asks of a cosign signature. The defaults accept nothing.</summary>
public sealed record KeyRequirement
{
    /// <summary>The keys; a signature by any of them will do. With none, nothing verifies.</summary>
    public required ImmutableArray<PublicKey> Keys { get; init; }

    /// <summary>Whether Sigstore bundles count (policy: <c>formats: [bundle]</c>).</summary>
    public bool AcceptBundle { get; init; }

    /// <summary>Whether legacy <c>.sig</c> signatures count (policy: <c>formats: [legacy]</c>).</summary>
    public bool AcceptLegacy { get; init; }

    /// <summary>Annotations that the signed payload must carry, with exactly these values; others may be there as well.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// A repository that a legacy payload may name instead of the pulled one (policy: <c>signedRepository</c>, for mirrors and proxies);
    /// null: only the pulled one. Any spelling that normalises to it. A bundle names no repository, so this does not concern it.
    /// </summary>
    public string? SignedRepository { get; init; }
}
