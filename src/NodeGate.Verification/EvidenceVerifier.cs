using NodeGate.Verification.Cosign;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification;

/// <summary>Judges one piece of evidence by what an authority requires: cosign signatures and attestations, legacy and as Sigstore bundles.</summary>
public static class EvidenceVerifier
{
    /// <summary>
    /// Verifies <paramref name="evidence"/>. Never throws for bad evidence, whatever its bytes; the same arguments give the same result.
    /// </summary>
    public static EvidenceResult Verify(Evidence evidence, SignedSubject subject, SignerRequirement requirement)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(requirement);
        return evidence switch
        {
            CosignSignatureEvidence signature => LegacySignatureVerifier.Verify(signature, subject, requirement),
            CosignAttestationEvidence attestation => LegacyAttestationVerifier.Verify(attestation, subject, requirement),
            BundleEvidence bundle => BundleVerifier.Verify(bundle, subject, requirement),
            UnreadableEvidence unreadable => Unreadable(unreadable),
            _ => throw new ArgumentException($"{evidence.GetType().Name} is not evidence that is known.", nameof(evidence)),
        };
    }

    private static RejectedEvidence Unreadable(UnreadableEvidence evidence)
    {
        var trace = new VerificationTrace(evidence);
        return trace.Take(StepNames.Content, Finding.Fail<bool>(evidence.Reason, evidence.Detail), out _)!;
    }
}
