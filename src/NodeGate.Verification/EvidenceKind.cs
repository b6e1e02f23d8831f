namespace NodeGate.Verification;

/// <summary>The kinds of evidence that can be told apart before reading them.</summary>
public enum EvidenceKind
{
    /// <summary>A layer of cosign's legacy <c>.sig</c> image: a simple signing payload with its signature in an annotation.</summary>
    CosignSignature = 0,

    /// <summary>A Sigstore bundle, attached as a referrer.</summary>
    SigstoreBundle = 1,

    /// <summary>A layer of cosign's legacy <c>.att</c> image: a DSSE envelope.</summary>
    CosignAttestation = 2,
}
