using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>One signature that verified, and who made it. Exists only on success: holding one is the proof.</summary>
public sealed class VerificationResult
{
    private VerificationResult(
        string signer, string signerId, EvidenceKind kind, Digest source, ImmutableDictionary<string, string> annotations)
    {
        Signer = signer;
        SignerId = signerId;
        Kind = kind;
        Source = source;
        Annotations = annotations;
    }

    /// <summary>The signer for people: <c>key sha256:…</c>.</summary>
    public string Signer { get; }

    /// <summary>
    /// What makes two signers different ones: <c>key:sha256:…</c>, the hash of the key's SubjectPublicKeyInfo. Thresholds count these,
    /// never signatures: one signer can make any number of them, and anybody can turn an ECDSA signature into a second valid one.
    /// </summary>
    public string SignerId { get; }

    /// <summary>The kind of evidence.</summary>
    public EvidenceKind Kind { get; }

    /// <summary>The digest of the layer with the evidence.</summary>
    public Digest Source { get; }

    /// <summary>The signed annotations whose values are text.</summary>
    public ImmutableDictionary<string, string> Annotations { get; }

    internal static VerificationResult ByKey(Evidence evidence, PublicKey key, ImmutableDictionary<string, string> annotations) =>
        new($"key {key.Fingerprint}", $"key:{key.Fingerprint}", evidence.Kind, evidence.Source, annotations);
}
