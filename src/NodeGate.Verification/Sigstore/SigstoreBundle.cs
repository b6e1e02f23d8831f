using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Sigstore;

/// <summary>A bundle that was read and has the structure that its version requires. Nothing in it is verified yet.</summary>
/// <param name="Version">The version.</param>
/// <param name="Material">Key or certificates.</param>
/// <param name="LogEntries">The transparency log entries.</param>
/// <param name="Timestamps">The signed timestamps.</param>
/// <param name="Document">The content, still to be read.</param>
internal sealed record SigstoreBundle(
    BundleVersion Version,
    KeyMaterial Material,
    ImmutableArray<LogEntry> LogEntries,
    ImmutableArray<byte[]> Timestamps,
    BundleDocument Document)
{
    /// <summary>The structural steps (verification.md section 2.1), the same for every kind of authority: null and the bundle, or the rejection.</summary>
    public static RejectedEvidence? Read(VerificationTrace trace, ReadOnlyMemory<byte> bytes, out SigstoreBundle? bundle)
    {
        bundle = null;
        var read = Finding.Read(DecisionReason.SignatureInvalid, "one content", () => BundleDocument.Read(bytes.Span));
        if (trace.Take(StepNames.Bundle, read, out var document) is { } malformed)
        {
            return malformed;
        }

        if (trace.Take(StepNames.MediaType, BundleMediaType.Check(document!.MediaType), out var version) is { } unknown)
        {
            return unknown;
        }

        var keyMaterial = Finding.Read(DecisionReason.CertificateInvalid, "one signer", () => KeyMaterial.Read(document.Material, version));
        if (trace.Take(StepNames.Material, keyMaterial, out var material) is { } noSigner)
        {
            return noSigner;
        }

        var logEntries = Finding.Read(DecisionReason.LogEntryInvalid, "of the shape that the version requires", () => LogEntry.ReadAll(document.Material, version));
        if (trace.Take(StepNames.LogEntries, logEntries, out var entries) is { } logEntry)
        {
            return logEntry;
        }

        var signedTimestamps = Finding.Read(DecisionReason.TimestampInvalid, "readable", () => SignedTimestamps.ReadAll(document.Material));
        if (trace.Take(StepNames.Timestamps, signedTimestamps, out var timestamps) is { } timestamp)
        {
            return timestamp;
        }

        bundle = new SigstoreBundle(version, material!, entries, timestamps, document);
        return null;
    }
}
