using System.Collections.Immutable;

namespace NodeGate.Oci;

/// <summary>What points at content: OCI image specification, descriptor.md.</summary>
/// <param name="MediaType">The declared type of the content. A hint until the content was read.</param>
/// <param name="Digest">The digest that the content must have.</param>
/// <param name="Size">The size in bytes that the content must have; never negative.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    /// <summary>The artifact type of a referrer. Unauthenticated; registries are known to serve a wrong one (cosign issue 4422).</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The platform of an index entry.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The annotations; empty where there are none.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;
}
