namespace NodeGate.Verification;

/// <summary>The stable words for <see cref="EvidenceKind"/> in JSON and logs (design.md section 4).</summary>
public static class EvidenceKindWords
{
    /// <summary>
    /// The word for <paramref name="kind"/>: <c>cosign-signature</c> or <c>sigstore-bundle</c>. The contract has one word for both of cosign's own
    /// formats, the signature and the signed attestation.
    /// </summary>
    public static string ToWord(this EvidenceKind kind) => kind switch
    {
        EvidenceKind.CosignSignature or EvidenceKind.CosignAttestation => "cosign-signature",
        EvidenceKind.SigstoreBundle => "sigstore-bundle",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of evidence."),
    };
}
