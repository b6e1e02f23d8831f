using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Gate.Collecting;

/// <summary>One of cosign's legacy images: each layer is one signature or attestation (verification.md section 1.1).</summary>
/// <param name="Suffix">What follows the digest in its tag.</param>
/// <param name="Content">What its layers are, for people.</param>
/// <param name="Kind">What its layers are.</param>
/// <param name="LayerType">The media type of a layer that is looked at.</param>
/// <param name="MaxLayerBytes">Largest layer, in bytes.</param>
internal sealed record LegacyImage(string Suffix, string Content, EvidenceKind Kind, string LayerType, int MaxLayerBytes)
{
    internal static LegacyImage Signatures { get; } =
        new(".sig", "signature", EvidenceKind.CosignSignature, MediaTypes.CosignSimpleSigning, GateLimits.MaxPayloadBytes);

    internal static LegacyImage Attestations { get; } =
        new(".att", "attestation", EvidenceKind.CosignAttestation, MediaTypes.DsseEnvelope, GateLimits.MaxBundleBytes);

    /// <summary>The evidence of <paramref name="layer"/>.</summary>
    internal Evidence EvidenceOf(Descriptor layer, ReadOnlyMemory<byte> content) => Kind == EvidenceKind.CosignAttestation
        ? new CosignAttestationEvidence(layer.Digest, layer.MediaType, content, layer.Annotations)
        : new CosignSignatureEvidence(layer.Digest, layer.MediaType, content, layer.Annotations);
}
