using System.Collections.Immutable;
using System.Text;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>An inclusion proof (sigstore_rekor.proto, InclusionProof; RFC 6962), read and not verified.</summary>
internal sealed record InclusionProof(long LogIndex, byte[] RootHash, long TreeSize, ImmutableArray<byte[]> Hashes, string? Checkpoint)
{
    private const int HashBytes = 32;

    /// <exception cref="EvidenceFormatException">It is not an inclusion proof.</exception>
    public static InclusionProof Read(StrictNode proof)
    {
        // check: proof-members
        proof.Only("logIndex", "rootHash", "treeSize", "hashes", "checkpoint");
        return new InclusionProof(
            proof.Optional("logIndex")?.Count() ?? 0,
            proof.Required("rootHash").Bytes(HashBytes),
            proof.Required("treeSize").Count(),
            [.. (proof.Optional("hashes")?.Items(VerificationLimits.MaxProofHashes) ?? []).Select(h => h.Bytes(HashBytes))],
            proof.Optional("checkpoint") is { } checkpoint ? ReadCheckpoint(checkpoint) : null);
    }

    private static string? ReadCheckpoint(StrictNode checkpoint)
    {
        checkpoint.Only("envelope");
        var envelope = checkpoint.Optional("envelope")?.Text();
        // check: limit-checkpoint
        if (envelope is not null && Encoding.UTF8.GetByteCount(envelope) > VerificationLimits.MaxCheckpointBytes)
        {
            throw new EvidenceFormatException($"a checkpoint of more than {VerificationLimits.MaxCheckpointBytes} bytes", limitExceeded: true);
        }

        return string.IsNullOrEmpty(envelope) ? null : envelope;
    }
}
