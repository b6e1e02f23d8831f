namespace NodeGate.Oci;

/// <summary>A manifest or index whose bytes were hashed here: <c>Descriptor.Digest</c> is computed, never taken from a header.</summary>
/// <param name="Descriptor">Media type (from the response, equal to the document's own where it has one), digest and size of <paramref name="Content"/>.</param>
/// <param name="Content">The exact bytes.</param>
public sealed record FetchedManifest(Descriptor Descriptor, ReadOnlyMemory<byte> Content);
