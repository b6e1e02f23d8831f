using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>A Sigstore bundle (protobuf-specs, sigstore_bundle.proto), version 0.1 to 0.3, as JSON.</summary>
/// <param name="Source">The digest of the layer that holds it.</param>
/// <param name="Bundle">The layer's blob.</param>
public sealed record BundleEvidence(Digest Source, ReadOnlyMemory<byte> Bundle) : Evidence(Source)
{
    /// <inheritdoc/>
    public override EvidenceKind Kind => EvidenceKind.SigstoreBundle;
}
