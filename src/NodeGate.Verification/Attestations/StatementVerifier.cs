using NodeGate.Oci;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Attestations;

/// <summary>
/// The steps of an in-toto statement whose signature verified: its type, what it is about, and that it is the signature or attestation that
/// is asked for (verification.md section 1.3, "Claim check").
/// </summary>
internal static class StatementVerifier
{
    /// <param name="trace">Takes the steps and makes the result.</param>
    /// <param name="verified">The payload of the envelope that verified.</param>
    /// <param name="subject">The image.</param>
    /// <param name="requirement">What is asked for.</param>
    /// <param name="signer">Who signed.</param>
    public static EvidenceResult Verify(
        VerificationTrace trace, ReadOnlyMemory<byte> verified, SignedSubject subject, SignerRequirement requirement, SignerName signer)
    {
        var payload = Finding.Read(DecisionReason.SignatureInvalid, "in-toto statement", () => InTotoStatement.Read(verified.Span));
        if (trace.Take(StepNames.Payload, payload, out var statement) is { } noStatement)
        {
            return noStatement;
        }

        if (trace.Take(StepNames.PayloadType, statement!.CheckType(), out _) is { } type)
        {
            return type;
        }

        if (trace.Take(StepNames.PredicateType, PredicateKind.Check(statement.PredicateType, requirement.AttestationType), out _) is { } otherKind)
        {
            return otherKind;
        }

        if (trace.Take(StepNames.Digest, statement.CheckDigest(subject.Sha256), out var matching) is { } otherImage)
        {
            return otherImage;
        }

        var annotated = InTotoStatement.CheckAnnotations(matching, requirement.Annotations);
        if (trace.Take(StepNames.Annotations, annotated, out var signedSubject) is { } missing)
        {
            return missing;
        }

        trace.Skip(StepNames.Repository, "a statement names no repository");
        var attestation = requirement.AttestationType is { } wanted ? new VerifiedAttestation(wanted, statement.Predicate) : null;
        return trace.Verified(signer, signedSubject!.Annotations, attestation);
    }
}
