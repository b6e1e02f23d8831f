using System.Collections.Immutable;
using NodeGate.Verification.Sigstore;

namespace NodeGate.Verification.Signers;

/// <summary>
/// A signature and everything that came with it, whichever format it came in: what is left to ask is who made it, and when. Nothing of it
/// is verified.
/// </summary>
internal sealed record SignatureMaterial
{
    /// <summary>The signature and what is under it.</summary>
    public required SignedContent Content { get; init; }

    /// <summary>The signer's certificate and those that came after it, in DER; empty where a key signed.</summary>
    public ImmutableArray<byte[]> Certificates { get; init; } = [];

    /// <summary>Whether a root may be among the certificates, as legacy chains have it; in a bundle it may not.</summary>
    public bool AllowsRoot { get; init; }

    /// <summary>The entries of transparency logs.</summary>
    public ImmutableArray<LogEntry> LogEntries { get; init; } = [];

    /// <summary>The signed timestamps, as TimeStampResp in DER.</summary>
    public ImmutableArray<byte[]> Timestamps { get; init; } = [];

    /// <summary>The blob of a legacy layer, whose hash old log entries have; null for a bundle.</summary>
    public ReadOnlyMemory<byte>? LegacyLayer { get; init; }

    /// <summary>What the message says beside the keys' fingerprints where none of them signed.</summary>
    public string KeyHint { get; init; } = string.Empty;
}
