using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>Verifies transparency log entries (verification.md section 2.2, step 3, and section 1.2, step 2).</summary>
internal static class LogEntryVerifier
{
    /// <summary>
    /// Every entry, and then whether enough logs have one. An entry of a log that the trust root does not have counts for nothing; any other
    /// that is wrong fails all, because somebody tampered with it.
    /// </summary>
    public static RejectedEvidence? VerifyAll(
        VerificationTrace trace,
        ImmutableArray<LogEntry> entries,
        TrustRoot root,
        LoggedSignature signature,
        int required,
        out ImmutableArray<VerifiedLogEntry> verified)
    {
        verified = [];
        var found = ImmutableArray.CreateBuilder<VerifiedLogEntry>();
        foreach (var entry in entries)
        {
            if (Verify(trace, entry, root, signature, out var counted) is { } rejected)
            {
                return rejected;
            }

            if (counted is not null)
            {
                found.Add(counted);
            }
        }

        return trace.Take(StepNames.LogThreshold, LogThreshold.Check(entries, found.DrainToImmutable(), root, required), out verified);
    }

    /// <summary>One entry: the rejection; or null and the entry, which is null where its log is unknown.</summary>
    public static RejectedEvidence? Verify(
        VerificationTrace trace, LogEntry entry, TrustRoot root, LoggedSignature signature, out VerifiedLogEntry? verified)
    {
        verified = null;
        var log = root.TransparencyLogs.FirstOrDefault(l => l.KeyId.AsSpan().SequenceEqual(entry.LogKeyId));
        if (log is null)
        {
            trace.Skip(StepNames.LogEntry, $"the log {Convert.ToHexStringLower(entry.LogKeyId)} is none of the trust root's; the entry does not count");
            return null;
        }

        if (trace.Take(StepNames.LogEntry, CheckKind(entry, log), out var kind) is { } unknown)
        {
            return unknown;
        }

        if (trace.Take(StepNames.LogEntryBody, Finding.Read(DecisionReason.LogEntryInvalid, () => CheckBody(entry, kind!, signature)), out _) is { } other)
        {
            return other;
        }

        if (TakePromise(trace, entry, kind!, log, out var time) is { } noPromise)
        {
            return noPromise;
        }

        if (TakeProof(trace, entry, kind!, log) is { } noProof)
        {
            return noProof;
        }

        verified = new VerifiedLogEntry(log, entry.LogIndex, time);
        return null;
    }

    private static Finding<LogEntryKind> CheckKind(LogEntry entry, TransparencyLog log)
    {
        var kind = LogEntryKind.Find(entry.Kind, entry.KindVersion);
        // check: log-kind
        if (kind is null)
        {
            return Invalid<LogEntryKind>(
                $"an entry of the kind {Shown.Text(entry.Kind)} {Shown.Text(entry.KindVersion)}; hashedrekord, dsse and intoto are read");
        }

        // What proves nothing at all would otherwise pass every step below.
        // check: log-proves
        if (entry.SignedEntryTimestamp is null && entry.Proof?.Checkpoint is null)
        {
            return Invalid<LogEntryKind>("the entry has neither a promise nor a proof with a checkpoint");
        }

        return Finding.Pass(kind, $"{kind.Name} in {Shown.Text(log.BaseUrl)}");
    }

    private static Finding<bool> CheckBody(LogEntry entry, LogEntryKind kind, LoggedSignature signature)
    {
        // check: log-body-kind
        if (!kind.Fits(signature))
        {
            var format = signature.LegacyLayer is null ? "bundle's" : "legacy";
            return Invalid<bool>($"an entry of the kind {kind.Name} is not about a {format} {signature.Content.Kind}");
        }

        if (kind.IsRekorV2)
        {
            return RekorV2Body.Check(entry.Body, signature);
        }

        var body = StrictJson.Parse(entry.Body);
        var stated = $"{body.Required("kind").Text()} {body.Required("apiVersion").Text()}";
        // check: log-kind-version
        if (stated != kind.Name)
        {
            return Invalid<bool>($"the entry says that it is {kind.Name}, its body that it is {Shown.Text(stated)}");
        }

        return LogEntryBody.Read(body, kind).Check(signature);
    }

    private static RejectedEvidence? TakePromise(
        VerificationTrace trace, LogEntry entry, LogEntryKind kind, TransparencyLog log, out DateTimeOffset? time)
    {
        time = null;
        if (entry.SignedEntryTimestamp is not { } promise)
        {
            trace.Skip(StepNames.InclusionPromise, "none, and so no time");
            return null;
        }

        return trace.Take(StepNames.InclusionPromise, CheckPromise(entry, promise, kind, log), out time);
    }

    private static Finding<DateTimeOffset?> CheckPromise(LogEntry entry, byte[] promise, LogEntryKind kind, TransparencyLog log)
    {
        // Rekor v2 signs none. Whatever verified here would give a time that nobody vouched for.
        // check: promise-v2
        if (kind.IsRekorV2)
        {
            return Invalid<DateTimeOffset?>($"an entry of the kind {kind.Name} has a promise, which a Rekor v2 log does not give");
        }

        return InclusionPromise.Check(entry, promise, log);
    }

    private static RejectedEvidence? TakeProof(VerificationTrace trace, LogEntry entry, LogEntryKind kind, TransparencyLog log)
    {
        if (entry.Proof is not { Checkpoint: { } note } proof)
        {
            trace.Skip(StepNames.Checkpoint, "none: the promise stands alone");
            trace.Skip(StepNames.InclusionProof, entry.Proof is null ? "none" : "without a checkpoint its root is nobody's word");
            return null;
        }

        var read = Finding.Read(DecisionReason.LogEntryInvalid, () => Checkpoint.Read(note).Check(log, kind.IsRekorV2));
        if (trace.Take(StepNames.Checkpoint, read, out var checkpoint) is { } unsigned)
        {
            return unsigned;
        }

        return trace.Take(StepNames.InclusionProof, CheckProof(entry, proof, checkpoint!, kind), out _);
    }

    private static Finding<bool> CheckProof(LogEntry entry, InclusionProof proof, Checkpoint checkpoint, LogEntryKind kind)
    {
        var leaf = MerkleTree.HashLeaf(entry.Body);
        if (kind.IsRekorV2)
        {
            // Its proof repeats the checkpoint's root and size and the entry's index; what is repeated is not read (section 2.5).
            return MerkleTree.CheckInclusion(leaf, entry.LogIndex, checkpoint.Size, proof.Hashes, checkpoint.RootHash);
        }

        // check: proof-checkpoint-root
        if (!proof.RootHash.AsSpan().SequenceEqual(checkpoint.RootHash))
        {
            return Invalid<bool>("the proof's root hash is not that of the checkpoint");
        }

        // check: proof-checkpoint-size
        if (proof.TreeSize != checkpoint.Size)
        {
            return Invalid<bool>($"the proof is for a tree of {proof.TreeSize} entries; the checkpoint's has {checkpoint.Size}");
        }

        // Not the entry's own index, which counts over all of a log's trees.
        return MerkleTree.CheckInclusion(leaf, proof.LogIndex, checkpoint.Size, proof.Hashes, checkpoint.RootHash);
    }

    private static Finding<T> Invalid<T>(string detail) => Finding.Fail<T>(DecisionReason.LogEntryInvalid, detail);
}
