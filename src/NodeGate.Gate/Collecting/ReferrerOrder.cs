using NodeGate.Oci;

namespace NodeGate.Gate.Collecting;

/// <summary>Which of the listed referrers are looked at, and in which order.</summary>
internal static class ReferrerOrder
{
    /// <summary>
    /// Those that say that they are bundles, then those of which nothing certain is known: registries serve wrong artifact types
    /// (cosign issue 4422), so only what another signing system calls its own is left out. By digest among equals, so that the order of the
    /// registry's list changes nothing.
    /// </summary>
    internal static IReadOnlyList<Descriptor> Candidates(IReadOnlyList<Descriptor> listed) =>
    [
        .. listed
            .Where(d => MediaTypes.IsManifest(d.MediaType) && d.ArtifactType != MediaTypes.NotationSignature)
            .DistinctBy(d => d.Digest)
            .OrderByDescending(ClaimsBundle)
            .ThenBy(d => d.Digest.ToString(), StringComparer.Ordinal),
    ];

    internal static bool ClaimsBundle(Descriptor listed) =>
        listed.ArtifactType?.StartsWith(MediaTypes.SigstoreBundlePrefix, StringComparison.Ordinal) == true;
}
