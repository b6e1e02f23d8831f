using System.Collections.Immutable;

namespace NodeGate.Verification;

/// <summary>What an authority that names public keys asks (policy: <c>cosign</c>).</summary>
public sealed record KeyRequirement : SignerRequirement
{
    /// <summary>The keys; a signature by any of them will do. With none, nothing verifies.</summary>
    public required ImmutableArray<TrustedKey> Keys { get; init; }

    /// <summary>What is asked of logs and timestamps; null: nothing.</summary>
    public LogRequirement? TransparencyLog { get; init; }
}
