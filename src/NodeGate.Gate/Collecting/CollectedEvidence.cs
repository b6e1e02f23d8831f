using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Verification;

namespace NodeGate.Gate.Collecting;

/// <summary>What was found attached to an image.</summary>
/// <param name="Manifest">The image's manifest, or index.</param>
/// <param name="Subject">The image as what evidence is about.</param>
/// <param name="Evidence">Everything that could be evidence, what could not be read included.</param>
/// <param name="ReferrersGap">Why there may be more bundles, or attestations as referrers, than these; or null.</param>
/// <param name="SignaturesGap">Why there may be more legacy signatures than these, or null.</param>
/// <param name="AttestationsGap">Why there may be more legacy attestations than these, or null.</param>
internal sealed record CollectedEvidence(
    FetchedManifest Manifest, SignedSubject Subject, IReadOnlyList<Evidence> Evidence, EvidenceGap? ReferrersGap, EvidenceGap? SignaturesGap, EvidenceGap? AttestationsGap)
{
    /// <summary>The gap that concerns the signatures of <paramref name="authority"/>: what it does not accept cannot be missing.</summary>
    internal EvidenceGap? GapFor(Authority authority) =>
        (authority.Requirement.AcceptBundle ? ReferrersGap : null) ?? (authority.Requirement.AcceptLegacy ? SignaturesGap : null);

    /// <summary>The gap that concerns its attestations: legacy ones can be referrers as well.</summary>
    internal EvidenceGap? AttestationGapFor(Authority authority) => ReferrersGap ?? (authority.Requirement.AcceptLegacy ? AttestationsGap : null);
}
