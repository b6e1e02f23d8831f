using System.Collections.Immutable;
using NodeGate.Testing.Signing;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Real log entries and timestamps: those of sigstore-conformance and sigstore-go, and what was made of them.</summary>
[Trait("Category", "Conformance")]
public sealed class LogVectorTests
{
    /// <summary>The cases that logs and timestamps do not fail, but something else does; or that cannot be read.</summary>
    private static readonly string[] FailElsewhere =
    [
        "bundle-from-wrong-instance_fail", "bundle-with-root-cert_fail", "dsse-invalid-sig_fail", "rekor2-dsse-invalid-sig_fail", "incorrect-public-key_fail",
        "intoto-expired-certificate_fail", "intoto-set-outside-signing-cert-validity_fail", "intoto-tsa-timestamp-outside-cert-validity_fail",
        "integrated-time-in-future_fail", "invalid-ct-key_fail", "managed-key-no-key_fail", "message-digest-mismatch_fail", "signature-mismatch_fail",
        "rekor2-no-timestamp_fail", "rekor2-timestamp-with-incorrect-time_fail", "wrong-material_fail",
    ];

    [VectorsFact]
    public void EntriesAndTimestamps_EveryConformanceCase_HoldOrFail()
    {
        var wrong = new List<string>();
        var judged = 0;
        foreach (var folder in Directory.GetDirectories(Vectors.PathOf("sigstore-conformance")))
        {
            var name = Path.GetFileName(folder);
            if (Judge(folder) is not { } found)
            {
                continue;
            }

            judged++;
            if (found.Length > 0 && !name.EndsWith("_fail", StringComparison.Ordinal))
            {
                wrong.Add($"{name}: {found}");
            }

            if (found.Length == 0 && name.EndsWith("_fail", StringComparison.Ordinal) && !FailElsewhere.Contains(name))
            {
                wrong.Add($"{name}: holds");
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(judged, 55, 70);
    }

    /// <summary>Null where the bundle cannot be read; empty where everything holds.</summary>
    private static string? Judge(string folder)
    {
        var own = Path.Combine(folder, "artifact");
        var artifact = File.ReadAllBytes(File.Exists(own) ? own : Vectors.PathOf("sigstore-conformance", "a.txt"));
        var rootFile = Path.Combine(folder, "trusted_root.json");
        var rootBytes = File.ReadAllBytes(File.Exists(rootFile) ? rootFile : Vectors.PathOf("sigstore-root", "trusted_root.json"));
        if (!TrustRoot.TryParse(rootBytes, out var root, out _))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(Path.Combine(folder, "bundle.sigstore.json"));
        var trace = new VerificationTrace(Sample.Bundle(bytes));
        if (SigstoreBundle.Read(trace, bytes, out var bundle) is not null)
        {
            return null;
        }

        SignedContent content;
        try
        {
            content = bundle!.Document.Envelope is { } envelope
                ? DsseEnvelope.Read(envelope).Content
                : new SignedContent(ContentKind.Message, SignedBytes.Of(artifact), MessageSignature.Read(bundle.Document.Message!.Value).Signature, null);
        }
        catch (Strict.EvidenceFormatException)
        {
            return null;
        }

        if (SignerOf(folder, bundle) is not { } signer)
        {
            return null;
        }

        var signature = new LoggedSignature(content, signer.Key, signer.Certificate, null);
        if (LogEntryVerifier.VerifyAll(trace, bundle.LogEntries, root, signature, 1, out var entries) is { } noEntry)
        {
            return $"{noEntry.Step}: {noEntry.Detail}";
        }

        Assert.NotEmpty(entries);
        var rejected = Verification.Timestamps.TimestampVerifier.VerifyAll(trace, bundle.Timestamps, content.Signature, root, out var timestamps);
        return rejected is not null ? $"{rejected.Step}: {rejected.Detail}"
            : timestamps.Length < bundle.Timestamps.Length ? "timestampAuthority: of a stranger"
            : string.Empty;
    }

    private static (PublicKey Key, Certificate? Certificate)? SignerOf(string folder, SigstoreBundle bundle)
    {
        if (bundle.Material.Certificates is [var leaf, ..])
        {
            var certificate = Certificate.Read(leaf);
            return (certificate.Key, certificate);
        }

        var file = Path.Combine(folder, "key.pub");
        return File.Exists(file) && PublicKey.TryParse(File.ReadAllBytes(file), out var key, out _) ? (key, null) : null;
    }
}
