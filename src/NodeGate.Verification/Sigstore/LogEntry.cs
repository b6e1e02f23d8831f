using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>A transparency log entry (sigstore_rekor.proto, TransparencyLogEntry), read and of the shape that the bundle's version requires; not verified.</summary>
internal sealed record LogEntry(
    long LogIndex, byte[] LogKeyId, string Kind, string KindVersion, long IntegratedTime, byte[]? SignedEntryTimestamp, InclusionProof? Proof, byte[] Body)
{
    private const int HashBytes = 32;

    /// <summary>The entries of a bundle; none where it has none.</summary>
    /// <exception cref="EvidenceFormatException">An entry breaks a rule of the bundle's version.</exception>
    public static ImmutableArray<LogEntry> ReadAll(StrictNode material, BundleVersion version)
    {
        var entries = material.Optional("tlogEntries")?.Items(VerificationLimits.MaxLogEntries) ?? [];
        return [.. entries.Select(e => Read(e, version))];
    }

    private static LogEntry Read(StrictNode entry, BundleVersion version)
    {
        // check: log-members
        entry.Only("logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise", "inclusionProof", "canonicalizedBody");
        var logId = entry.Required("logId");
        logId.Only("keyId");
        var kind = entry.Required("kindVersion");
        kind.Only("kind", "version");
        var promise = entry.Optional("inclusionPromise");
        promise?.Only("signedEntryTimestamp");
        var proof = entry.Optional("inclusionProof") is { } found ? InclusionProof.Read(found) : null;

        // check: log-promise
        if (version == BundleVersion.V01 && promise is null)
        {
            throw entry.Wrong("has no 'inclusionPromise', which version 0.1 requires");
        }

        // check: log-proof
        if (version != BundleVersion.V01 && proof?.Checkpoint is null)
        {
            throw entry.Wrong("has no 'inclusionProof' with a checkpoint, which versions 0.2 and 0.3 require");
        }

        return new LogEntry(
            entry.Optional("logIndex")?.Count() ?? 0,
            logId.Required("keyId").Bytes(HashBytes),
            kind.Required("kind").Text(),
            kind.Required("version").Text(),
            entry.Optional("integratedTime")?.Count() ?? 0,
            promise?.Required("signedEntryTimestamp").Bytes(VerificationLimits.MaxSignatureBytes),
            proof,
            entry.Required("canonicalizedBody").Bytes(VerificationLimits.MaxBundleBytes));
    }
}
