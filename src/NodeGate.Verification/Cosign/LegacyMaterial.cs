using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;
using NodeGate.Verification.Timestamps;

namespace NodeGate.Verification.Cosign;

/// <summary>What a legacy layer's annotations say about its signer (verification.md section 1.1): certificate, chain, log entry, timestamp.</summary>
internal static class LegacyMaterial
{
    /// <summary>The annotation with the signer's certificate in PEM.</summary>
    public const string CertificateAnnotation = "dev.sigstore.cosign/certificate";

    /// <summary>The annotation with the certificates after it in PEM, the issuer first.</summary>
    public const string ChainAnnotation = "dev.sigstore.cosign/chain";

    /// <summary>The annotation with the transparency log's entry.</summary>
    public const string LogEntryAnnotation = "dev.sigstore.cosign/bundle";

    /// <summary>The annotation with the signed timestamp.</summary>
    public const string TimestampAnnotation = "dev.sigstore.cosign/rfc3161timestamp";

    /// <summary>Reads what the requirement will look at, so that a key's signature is not refused for a certificate that nobody asks for.</summary>
    public static RejectedEvidence? Read(
        VerificationTrace trace,
        SignedContent content,
        ReadOnlyMemory<byte> layer,
        ImmutableDictionary<string, string> annotations,
        SignerRequirement requirement,
        out SignatureMaterial? material)
    {
        material = null;
        ImmutableArray<byte[]> certificates = [];
        if (requirement is KeylessRequirement)
        {
            if (trace.Take(StepNames.KeyMaterial, CheckCertificate(annotations), out _) is { } byKey)
            {
                return byKey;
            }

            var chain = Finding.Read(DecisionReason.CertificateInvalid, "PEM", () => ReadCertificates(annotations));
            if (trace.Take(StepNames.Material, chain, out certificates) is { } noCertificate)
            {
                return noCertificate;
            }
        }

        ImmutableArray<LogEntry> entries = [];
        ImmutableArray<byte[]> timestamps = [];
        if (requirement is not KeyRequirement { TransparencyLog: null })
        {
            var logged = Finding.Read(DecisionReason.LogEntryInvalid, "readable", () => ReadEntries(annotations));
            if (trace.Take(StepNames.LogEntries, logged, out entries) is { } noEntry)
            {
                return noEntry;
            }

            var stamped = Finding.Read(DecisionReason.TimestampInvalid, "readable", () => ReadTimestamps(annotations));
            if (trace.Take(StepNames.Timestamps, stamped, out timestamps) is { } noTimestamp)
            {
                return noTimestamp;
            }
        }

        material = new SignatureMaterial
        {
            Content = content,
            Certificates = certificates,
            AllowsRoot = true,
            LogEntries = entries,
            Timestamps = timestamps,
            LegacyLayer = layer,
            KeyHint = annotations.ContainsKey(CertificateAnnotation) ? "; it comes with a certificate, so it may be a keyless signature" : string.Empty,
        };
        return null;
    }

    private static Finding<bool> CheckCertificate(ImmutableDictionary<string, string> annotations)
    {
        // check: legacy-certificate
        if (!annotations.ContainsKey(CertificateAnnotation))
        {
            return Finding.Fail<bool>(
                DecisionReason.NoSignature,
                $"no annotation '{CertificateAnnotation}': it is signed with a key, and this authority names identities; it needs an authority of kind cosign");
        }

        return Finding.Pass(true, "a certificate");
    }

    private static ImmutableArray<byte[]> ReadCertificates(ImmutableDictionary<string, string> annotations)
    {
        var leaf = ReadPem(annotations[CertificateAnnotation], CertificateAnnotation);
        // check: legacy-one-certificate
        if (leaf.Length != 1)
        {
            throw new EvidenceFormatException($"the annotation '{CertificateAnnotation}' has {leaf.Length} certificates; expected one");
        }

        return [.. leaf, .. annotations.TryGetValue(ChainAnnotation, out var chain) ? ReadPem(chain, ChainAnnotation) : []];
    }

    private static ImmutableArray<byte[]> ReadPem(string text, string annotation)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? [] : CertificatePem.ReadDer(text);
        }
        catch (EvidenceFormatException e)
        {
            throw new EvidenceFormatException($"the annotation '{annotation}': {e.Message}", e.LimitExceeded);
        }
    }

    private static ImmutableArray<LogEntry> ReadEntries(ImmutableDictionary<string, string> annotations) =>
        annotations.TryGetValue(LogEntryAnnotation, out var text) ? [LegacyLogEntry.Read(text)] : [];

    private static ImmutableArray<byte[]> ReadTimestamps(ImmutableDictionary<string, string> annotations) =>
        annotations.TryGetValue(TimestampAnnotation, out var text) ? [LegacyTimestamp.Read(text)] : [];
}
