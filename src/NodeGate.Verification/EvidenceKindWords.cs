namespace NodeGate.Verification;

/// <summary>The stable words for <see cref="EvidenceKind"/> in JSON and logs (design.md section 4).</summary>
public static class EvidenceKindWords
{
    /// <summary>The word for <paramref name="kind"/>: <c>cosign-signature</c> or <c>sigstore-bundle</c>.</summary>
    public static string ToWord(this EvidenceKind kind) => kind switch
    {
        EvidenceKind.CosignSignature => "cosign-signature",
        EvidenceKind.SigstoreBundle => "sigstore-bundle",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of evidence."),
    };
}
