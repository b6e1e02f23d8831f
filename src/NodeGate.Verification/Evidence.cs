using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>Something attached to an image that may prove who signed it. Bytes of a stranger: nothing in it is believed before it was verified.</summary>
/// <param name="Source">The digest of the layer (the blob) that holds it; it names the evidence in every trace.</param>
public abstract record Evidence(Digest Source)
{
    /// <summary>What it claims to be.</summary>
    public abstract EvidenceKind Kind { get; }
}
