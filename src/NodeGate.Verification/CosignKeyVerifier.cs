using NodeGate.Verification.Cosign;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification;

/// <summary>Judges one piece of evidence by the public keys of an authority: cosign signatures, legacy and as Sigstore bundles.</summary>
public static class CosignKeyVerifier
{
    /// <summary>
    /// Verifies <paramref name="evidence"/>. Never throws for bad evidence, whatever its bytes; the same arguments give the same result.
    /// </summary>
    public static EvidenceResult Verify(Evidence evidence, SignedSubject subject, KeyRequirement requirement)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(requirement);
        return evidence switch
        {
            CosignSignatureEvidence legacy => LegacyKeyVerifier.Verify(legacy, subject, requirement),
            BundleEvidence bundle => BundleKeyVerifier.Verify(bundle, subject, requirement),
            UnreadableEvidence unreadable => Unreadable(unreadable),
            _ => throw new ArgumentException($"{evidence.GetType().Name} is not evidence that keys can verify.", nameof(evidence)),
        };
    }

    private static RejectedEvidence Unreadable(UnreadableEvidence evidence)
    {
        var trace = new VerificationTrace(evidence);
        return trace.Take(StepNames.Content, Finding.Fail<bool>(evidence.Reason, evidence.Detail), out _)!;
    }
}
