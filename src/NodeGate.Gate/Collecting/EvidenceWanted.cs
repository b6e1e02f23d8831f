using System.Collections.Immutable;
using NodeGate.Policy;

namespace NodeGate.Gate.Collecting;

/// <summary>The kinds of evidence that at least one authority accepts; for the others the registry is not asked.</summary>
/// <param name="Bundles">Sigstore bundles, as referrers.</param>
/// <param name="Legacy">Legacy cosign signatures, under the <c>.sig</c> tag.</param>
internal readonly record struct EvidenceWanted(bool Bundles, bool Legacy)
{
    internal static EvidenceWanted By(ImmutableArray<Authority> authorities) =>
        new(authorities.Any(a => a.Requirement.AcceptBundle), authorities.Any(a => a.Requirement.AcceptLegacy));
}
