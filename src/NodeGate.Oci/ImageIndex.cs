using System.Collections.Immutable;

namespace NodeGate.Oci;

/// <summary>An image index or Docker manifest list, parsed from bytes that were hashed: OCI image specification, image-index.md.</summary>
/// <param name="MediaType">The index's own type.</param>
/// <param name="Manifests">The entries in their order.</param>
public sealed record ImageIndex(string MediaType, ImmutableArray<Descriptor> Manifests)
{
    /// <summary>The annotations; empty where there are none.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Parses an index from <paramref name="content"/>, which the registry declared to be <paramref name="mediaType"/>.</summary>
    /// <exception cref="FormatException">It is not an index of that type, or beyond a limit; as for <see cref="Manifest.Parse"/>.</exception>
    public static ImageIndex Parse(ReadOnlyMemory<byte> content, string mediaType) => ManifestReader.ReadIndex(content, mediaType);

    /// <summary>
    /// The same for a list of referrers, of which only type, digest, size and a readable artifact type are taken: the rest is not the registry's own
    /// word but that of whoever pushed a referrer.
    /// </summary>
    /// <exception cref="FormatException">It is not an index of that type, or beyond a limit.</exception>
    public static ImageIndex ParseReferrers(ReadOnlyMemory<byte> content, string mediaType) => ManifestReader.ReadReferrers(content, mediaType);
}
