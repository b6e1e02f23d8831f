using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification;

/// <summary>One signature that verified, and who made it. Exists only on success: holding one is the proof.</summary>
public sealed class VerificationResult
{
    internal VerificationResult(
        Evidence evidence, SignerName signer, ImmutableDictionary<string, string> annotations, VerifiedAttestation? attestation)
    {
        Signer = signer.Text;
        SignerId = signer.Id;
        Kind = evidence.Kind;
        Source = evidence.Source;
        Annotations = annotations;
        Attestation = attestation;
    }

    /// <summary>The signer for people: <c>key sha256:…</c>, or <c>SUBJECT (ISSUER)</c>.</summary>
    public string Signer { get; }

    /// <summary>
    /// What makes two signers different ones: <c>key:sha256:…</c>, the hash of the key's SubjectPublicKeyInfo; <c>identity:ISSUER SUBJECT</c>,
    /// issuer and subject of the certificate, whichever key it was for. Thresholds count these, never signatures: one signer can make any
    /// number of them, and anybody can turn an ECDSA signature into a second valid one.
    /// </summary>
    public string SignerId { get; }

    /// <summary>The kind of evidence.</summary>
    public EvidenceKind Kind { get; }

    /// <summary>The digest of the layer with the evidence.</summary>
    public Digest Source { get; }

    /// <summary>The signed annotations whose values are text.</summary>
    public ImmutableDictionary<string, string> Annotations { get; }

    /// <summary>What the attestation says; null for a signature.</summary>
    public VerifiedAttestation? Attestation { get; }
}
