namespace NodeGate.Oci;

/// <summary>The platform of an index entry (OCI image specification, image-index.md).</summary>
/// <param name="Architecture">As Go's GOARCH.</param>
/// <param name="Os">As Go's GOOS.</param>
/// <param name="Variant">The CPU variant, such as <c>v7</c>, or null.</param>
public sealed record Platform(string Architecture, string Os, string? Variant);
