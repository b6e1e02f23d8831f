using System.Collections.Immutable;

namespace NodeGate.Oci;

/// <summary>An image manifest, parsed from bytes that were hashed: OCI image specification, manifest.md, or Docker schema 2.</summary>
/// <param name="MediaType">The manifest's own type.</param>
/// <param name="Config">The configuration's descriptor; its digest is the image ID in containerd.</param>
/// <param name="Layers">The layers, lowest first.</param>
public sealed record Manifest(string MediaType, Descriptor Config, ImmutableArray<Descriptor> Layers)
{
    /// <summary>The declared artifact type; where it is absent the config's media type stands in (distribution specification, referrers).</summary>
    public string? ArtifactType { get; init; }

    /// <summary>What this manifest refers to, for a referrer.</summary>
    public Descriptor? Subject { get; init; }

    /// <summary>The annotations; empty where there are none.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary><see cref="ArtifactType"/>, or the config's media type.</summary>
    public string EffectiveArtifactType => ArtifactType ?? Config.MediaType;

    /// <summary>Parses a manifest from <paramref name="content"/>, which the registry (or a descriptor) declared to be <paramref name="mediaType"/>.</summary>
    /// <exception cref="FormatException">
    /// It is not a manifest of that type: bad JSON, a duplicate key, a missing field, a <c>mediaType</c> that differs, an index's
    /// <c>manifests</c> beside <c>layers</c> (a document that two parsers read differently). As <see cref="OciLimitException"/> when it is
    /// beyond <see cref="OciLimits"/>.
    /// </exception>
    public static Manifest Parse(ReadOnlyMemory<byte> content, string mediaType) => ManifestReader.ReadManifest(content, mediaType);
}
