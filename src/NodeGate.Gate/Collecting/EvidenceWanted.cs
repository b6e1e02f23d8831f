using System.Collections.Immutable;
using NodeGate.Policy;
using NodeGate.Verification;

namespace NodeGate.Gate.Collecting;

/// <summary>The kinds of evidence that at least one authority of a rule accepts; for the others the registry is not asked.</summary>
/// <param name="Bundles">Sigstore bundles, as referrers: signatures and attestations.</param>
/// <param name="Signatures">Legacy cosign signatures, under the <c>.sig</c> tag.</param>
/// <param name="Attestations">Legacy cosign attestations, under the <c>.att</c> tag and as referrers.</param>
internal readonly record struct EvidenceWanted(bool Bundles, bool Signatures, bool Attestations)
{
    internal static EvidenceWanted By(RuleAction.Require required)
    {
        var signers = required.Requirement.Authorities();
        var attesters = required.Attestations.SelectMany(a => a.By).ToArray();
        return new EvidenceWanted(
            signers.Concat(attesters).Any(a => a.Requirement.AcceptBundle),
            signers.Any(a => a.Requirement.AcceptLegacy),
            attesters.Any(a => a.Requirement.AcceptLegacy));
    }

    /// <summary>The same for every rule that could decide for the image in some namespace and looks where this one does: one round serves them all.</summary>
    internal static EvidenceWanted By(Question question, DateTimeOffset now) => question.Policy
        .MatchAnyNamespace(question.Reference, question.Digest, now)
        .Where(m => string.Equals(m.SignatureRepository, question.Match.SignatureRepository, StringComparison.Ordinal))
        .Prepend(question.Match)
        .Select(m => m.Action)
        .OfType<RuleAction.Require>()
        .Select(By)
        .Aggregate(default(EvidenceWanted), (all, one) => new EvidenceWanted(
            all.Bundles || one.Bundles, all.Signatures || one.Signatures, all.Attestations || one.Attestations));

    /// <summary>What a referrer that could not be read might have been, for each who asks for it.</summary>
    internal ImmutableArray<EvidenceKind> InReferrers => (Bundles, Attestations) switch
    {
        (true, true) => [EvidenceKind.SigstoreBundle, EvidenceKind.CosignAttestation],
        (true, false) => [EvidenceKind.SigstoreBundle],
        _ => [EvidenceKind.CosignAttestation],
    };

    /// <summary>Whether the list of referrers can have anything that is wanted.</summary>
    internal bool Referrers => Bundles || Attestations;
}
