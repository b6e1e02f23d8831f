using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Signers;

/// <summary>The steps that ask who signed, and when: by key, or by a certificate for an identity.</summary>
internal static class SignerVerifier
{
    public static RejectedEvidence? Verify(VerificationTrace trace, SignatureMaterial material, SignerRequirement requirement, out SignerName signer) =>
        requirement switch
        {
            KeyRequirement key => KeySigner.Verify(trace, material, key, out signer),
            KeylessRequirement keyless => KeylessSigner.Verify(trace, material, keyless, out signer),
            _ => throw new ArgumentException($"{requirement.GetType().Name} is not known.", nameof(requirement)),
        };
}
