using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>Judges the evidence of an image by one authority. Pure: the same arguments give the same verdict, in the same words.</summary>
public static class AuthorityJudge
{
    /// <summary>
    /// Verifies each piece of <paramref name="evidence"/> once. Satisfied if any verifies; otherwise inconclusive if anything that the
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
        var results = Sort(evidence.Select(e => EvidenceVerifier.Verify(e, subject, requirement)));
        var known = SignerSet.Of(results.OfType<VerifiedEvidence>().Select(v => v.Result.SignerId));
        var signers = known.Ids;
        var unread = gap ?? FirstUnread(requirement, results);
        var verdict = signers.Length > 0 ? Satisfied(authority, subject, signers)
            : unread is not null ? Inconclusive(authority, subject, unread)
            : NotSatisfied(authority, subject, requirement, results);
        return verdict with
        {
            Evidence = results,
            SignerIds = signers,
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

    private static AuthorityVerdict Satisfied(Authority authority, SignedSubject subject, ImmutableArray<string> signers) =>
        new(authority.Name, subject.Descriptor.Digest, VerdictOutcome.Satisfied, DecisionReason.Verified,
            $"{subject.Descriptor.Digest} is signed for authority '{authority.Name}' by {string.Join(", ", signers)}.");

    private static AuthorityVerdict Inconclusive(Authority authority, SignedSubject subject, EvidenceGap unread) =>
        new(authority.Name, subject.Descriptor.Digest, VerdictOutcome.Inconclusive, unread.Reason,
            $"The signatures of {subject.Descriptor.Digest} for authority '{authority.Name}' could not all be read: {RefusalText.Sentence(unread.Detail)}");

    private static AuthorityVerdict NotSatisfied(
        Authority authority, SignedSubject subject, SignerRequirement requirement, ImmutableArray<EvidenceResult> results)
    {
        var digest = subject.Descriptor.Digest;
        var fix = Fix(authority, subject);
        var best = results.OfType<RejectedEvidence>()
            .OrderBy(r => ReasonOrder.PlaceOf(r.Reason))
            .ThenByDescending(r => r.Steps.Length)
            .FirstOrDefault();
        if (best is null)
        {
            return new AuthorityVerdict(authority.Name, digest, VerdictOutcome.NotSatisfied, DecisionReason.NoSignature,
                $"{digest} has no cosign signature{Formats(requirement)} for authority '{authority.Name}'; {fix}.");
        }

        var count = results.Length == 1 ? "The one signature" : $"None of the {results.Length} signatures";
        var verb = results.Length == 1 ? "does not satisfy" : "satisfies";
        return new AuthorityVerdict(authority.Name, digest, VerdictOutcome.NotSatisfied, best.Reason,
            $"{count} of {digest} {verb} authority '{authority.Name}': {RefusalText.Clause(best.Detail)}; {fix}.");
    }

    private static string Fix(Authority authority, SignedSubject subject)
    {
        var image = $"{subject.Reference.Name}@{subject.Descriptor.Digest}";
        return authority.Requirement switch
        {
            KeylessRequirement { Identities: [var first, ..] } keyless =>
                $"sign it as an identity of '{authority.Name}' (cosign sign {image}, with a token of {first.Issuer} for {first.Subject}{Others(keyless)})",
            _ => $"sign it with a key of '{authority.Name}' (cosign sign --key KEY {image})",
        };
    }

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

    private static bool Accepts(SignerRequirement requirement, EvidenceKind kind) => kind switch
    {
        EvidenceKind.CosignSignature => requirement.AcceptLegacy,
        EvidenceKind.SigstoreBundle => requirement.AcceptBundle,
        _ => true,
    };

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
