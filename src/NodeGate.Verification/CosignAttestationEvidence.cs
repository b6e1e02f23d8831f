using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>One layer of a legacy cosign attestation image (cosign ATTESTATION_SPEC.md): a DSSE envelope; the signature is inside.</summary>
/// <param name="Source">The layer's digest.</param>
/// <param name="MediaType">The layer descriptor's media type.</param>
/// <param name="Envelope">The layer's blob.</param>
/// <param name="Annotations">The layer descriptor's annotations: certificate, chain, log entry, timestamp.</param>
public sealed record CosignAttestationEvidence(
    Digest Source, string MediaType, ReadOnlyMemory<byte> Envelope, ImmutableDictionary<string, string> Annotations) : Evidence(Source)
{
    /// <inheritdoc/>
    public override EvidenceKind Kind => EvidenceKind.CosignAttestation;
}
