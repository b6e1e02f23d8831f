using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>One layer of a legacy cosign signature image (cosign SIGNATURE_SPEC.md): each signature is one layer.</summary>
/// <param name="Source">The layer's digest.</param>
/// <param name="MediaType">The layer descriptor's media type.</param>
/// <param name="Payload">The layer's blob: the signed bytes.</param>
/// <param name="Annotations">The layer descriptor's annotations; the signature is one of them.</param>
public sealed record CosignSignatureEvidence(
    Digest Source, string MediaType, ReadOnlyMemory<byte> Payload, ImmutableDictionary<string, string> Annotations) : Evidence(Source)
{
    /// <inheritdoc/>
    public override EvidenceKind Kind => EvidenceKind.CosignSignature;
}
