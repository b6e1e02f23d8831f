using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>Makes the verdicts of one authority, with their sentences. The same evidence gives the same bytes.</summary>
/// <param name="authority">Who was to sign or attest.</param>
/// <param name="attestation">The attestation that was asked for; null: a signature.</param>
/// <param name="subject">The image.</param>
internal sealed class VerdictText(Authority authority, AttestationRequirement? attestation, SignedSubject subject)
{
    private readonly Digest _digest = subject.Descriptor.Digest;

    public AuthorityVerdict Satisfied(ImmutableArray<string> signers) => Verdict(
        VerdictOutcome.Satisfied,
        DecisionReason.Verified,
        attestation is null
            ? $"{_digest} is signed for authority '{authority.Name}' by {string.Join(", ", signers)}."
            : $"{_digest} has an attestation '{attestation.Type}' of authority '{authority.Name}' by {string.Join(", ", signers)}.");

    public AuthorityVerdict Inconclusive(EvidenceGap unread) => Verdict(
        VerdictOutcome.Inconclusive,
        unread.Reason,
        $"The {(attestation is null ? "signatures" : "attestations")} of {_digest} for authority '{authority.Name}' could not all be read: {RefusalText.Sentence(unread.Detail)}");

    public AuthorityVerdict NotSatisfied(SignerRequirement requirement, ImmutableArray<EvidenceResult> results) =>
        attestation is null ? NotSigned(requirement, results) : NotAttested(attestation, results);

    private AuthorityVerdict NotSigned(SignerRequirement requirement, ImmutableArray<EvidenceResult> results)
    {
        var fix = SigningFix();
        var best = results.OfType<RejectedEvidence>()
            .OrderBy(r => ReasonOrder.PlaceOf(r.Reason))
            .ThenByDescending(r => r.Steps.Length)
            .FirstOrDefault();
        if (best is null)
        {
            return Refused(DecisionReason.NoSignature, $"{_digest} has no cosign signature{Formats(requirement)} for authority '{authority.Name}'; {fix}.");
        }

        var count = results.Length == 1 ? "The one signature" : $"None of the {results.Length} signatures";
        var verb = results.Length == 1 ? "does not satisfy" : "satisfies";
        return Refused(best.Reason, $"{count} of {_digest} {verb} authority '{authority.Name}': {RefusalText.Clause(best.Detail)}; {StepFix.For(best.Step, authority, fix)}.");
    }

    /// <summary>What got as far as the conditions tells most; what is of another type is no attestation that was asked for.</summary>
    private AuthorityVerdict NotAttested(AttestationRequirement wanted, ImmutableArray<EvidenceResult> results)
    {
        var best = results.OfType<RejectedEvidence>()
            .Where(r => r.Step is not (StepNames.PredicateType or StepNames.Format))
            .OrderBy(r => r.Step is StepNames.Condition ? 0 : 1)
            .ThenBy(r => ReasonOrder.PlaceOf(r.Reason))
            .ThenByDescending(r => r.Steps.Length)
            .FirstOrDefault();
        var what = best is null ? "" : $": {RefusalText.Clause(best.Detail)} (at step {best.Step})";
        var key = authority.Requirement is KeyRequirement ? "--key KEY " : "";
        return Refused(
            DecisionReason.AttestationInvalid,
            $"{_digest} has no attestation '{wanted.Type}' of authority '{authority.Name}' that meets the rule{what}; "
                + $"make one (cosign attest {key}--type {wanted.Type} --predicate FILE {Image}).");
    }

    private string SigningFix() => authority.Requirement is KeylessRequirement { Identities: [var first, ..] } keyless
        ? $"sign it as an identity of '{authority.Name}' (cosign sign {Image}, with a token of {first.Issuer} for {first.Subject}{Others(keyless)})"
        : $"sign it with a key of '{authority.Name}' (cosign sign --key KEY {Image})";

    private string Image => $"{subject.Reference.Name}@{_digest}";

    private AuthorityVerdict Refused(DecisionReason reason, string message) => Verdict(VerdictOutcome.NotSatisfied, reason, message);

    private AuthorityVerdict Verdict(VerdictOutcome outcome, DecisionReason reason, string message) =>
        new(authority.Name, _digest, outcome, reason, message) { Attestation = attestation };

    private static string Others(KeylessRequirement keyless) => keyless.Identities.Length switch
    {
        1 => "",
        2 => ", or for the other identity",
        var count => $", or for one of the other {count - 1} identities",
    };

    private static string Formats(SignerRequirement requirement) => (requirement.AcceptBundle, requirement.AcceptLegacy) switch
    {
        (true, false) => " in bundle format",
        (false, true) => " in legacy format",
        _ => "",
    };
}
