using NodeGate.Policy;
using NodeGate.Verification;

namespace NodeGate.Gate.Collecting;

/// <summary>What was found attached to an image.</summary>
/// <param name="Subject">The image, with its manifest's bytes.</param>
/// <param name="Evidence">Everything that could be evidence, what could not be read included.</param>
/// <param name="BundleGap">Why there may be more bundles than these, or null.</param>
/// <param name="LegacyGap">Why there may be more legacy signatures than these, or null.</param>
internal sealed record CollectedEvidence(
    SignedSubject Subject, IReadOnlyList<Evidence> Evidence, EvidenceGap? BundleGap, EvidenceGap? LegacyGap)
{
    /// <summary>The gap that concerns <paramref name="authority"/>: what it does not accept cannot be missing.</summary>
    internal EvidenceGap? GapFor(Authority authority) =>
        (authority.Requirement.AcceptBundle ? BundleGap : null) ?? (authority.Requirement.AcceptLegacy ? LegacyGap : null);
}
