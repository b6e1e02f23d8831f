using System.Collections.Immutable;
using NodeGate.Policy.Conditions;
using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>Judges the evidence of an image by one authority. Pure: the same arguments give the same verdict, in the same words.</summary>
public static class AuthorityJudge
{
    /// <summary>
    /// Verifies each signature of <paramref name="evidence"/> once. Satisfied if any verifies; otherwise inconclusive if anything that the
    /// authority would have accepted could not be read, or collecting left a <paramref name="gap"/>; otherwise not satisfied, with the
    /// most telling reason.
    /// </summary>
    public static AuthorityVerdict Judge(
        Authority authority, RuleMatch match, SignedSubject subject, IReadOnlyList<Evidence> evidence, EvidenceGap? gap = null)
    {
        ArgumentNullException.ThrowIfNull(authority);
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(evidence);
        var requirement = authority.RequirementFor(match);
        var results = evidence
            .Where(e => e.Kind != EvidenceKind.CosignAttestation)
            .Select(e => EvidenceVerifier.Verify(e, subject, requirement));
        return Judge(authority, requirement, Sort(results), gap, new VerdictText(authority, null, subject));
    }

    /// <summary>
    /// The same for an attestation of a rule: satisfied if any of this type verifies and meets all conditions, which are judged on the
    /// verified predicate alone, at the time <paramref name="now"/>.
    /// </summary>
    public static AuthorityVerdict JudgeAttestation(
        Authority authority,
        AttestationRequirement attestation,
        SignedSubject subject,
        IReadOnlyList<Evidence> evidence,
        EvidenceGap? gap,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(authority);
        ArgumentNullException.ThrowIfNull(attestation);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(evidence);
        var requirement = authority.Requirement with { AttestationType = attestation.Type };
        var results = evidence
            .Where(e => e.Kind != EvidenceKind.CosignSignature)
            .Select(e => AttestationConditions.Judge(EvidenceVerifier.Verify(e, subject, requirement), attestation, now));
        return Judge(authority, requirement, Sort(results), gap, new VerdictText(authority, attestation, subject));
    }

    private static AuthorityVerdict Judge(
        Authority authority, SignerRequirement requirement, ImmutableArray<EvidenceResult> results, EvidenceGap? gap, VerdictText text)
    {
        var known = SignerSet.Of(results.OfType<VerifiedEvidence>().Select(v => v.Result.SignerId));
        var unread = gap ?? FirstUnread(requirement, results);
        var verdict = known.Ids.Length > 0 ? text.Satisfied(known.Ids)
            : unread is not null ? text.Inconclusive(unread)
            : text.NotSatisfied(requirement, results);
        return verdict with
        {
            Evidence = results,
            SignerIds = known.Ids,
            PossibleSigners = SignerSet.Union(unread is null ? [known] : [known, authority.PossibleSigners]),
            Unread = unread,
        };
    }

    /// <summary>Evidence of a format that the authority does not take could not have satisfied it, read or not.</summary>
    private static EvidenceGap? FirstUnread(SignerRequirement requirement, ImmutableArray<EvidenceResult> results)
    {
        var first = results.OfType<RejectedEvidence>()
            .Where(r => ReasonOrder.IsUnknown(r.Reason) && Accepts(requirement, r.Kind))
            .MinBy(r => ReasonOrder.PlaceOf(r.Reason));
        return first is null ? null : new EvidenceGap(first.Reason, first.Detail);
    }

    private static bool Accepts(SignerRequirement requirement, EvidenceKind kind) =>
        kind == EvidenceKind.SigstoreBundle ? requirement.AcceptBundle : requirement.AcceptLegacy;

    /// <summary>
    /// The order in which a registry lists evidence must not change a word of the answer. Two legacy signatures over one payload share
    /// their layer's digest, so the digest alone does not order them.
    /// </summary>
    private static ImmutableArray<EvidenceResult> Sort(IEnumerable<EvidenceResult> results) =>
    [
        .. results
            .OrderBy(r => r.Kind)
            .ThenBy(r => r.Source.ToString(), StringComparer.Ordinal)
            .ThenBy(r => r is VerifiedEvidence verified ? "0 " + verified.Result.SignerId : "1 ", StringComparer.Ordinal)
            .ThenBy(r => string.Join('\n', r.Steps), StringComparer.Ordinal),
    ];
}
