namespace NodeGate.Verification.Signers;

/// <summary>A signature and what is under it.</summary>
/// <param name="Kind">How the content comes under the signature.</param>
/// <param name="Signed">The signed bytes: the artifact, an envelope's pre-authentication encoding, a legacy payload.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Payload">An envelope's payload; null where there is no envelope.</param>
internal sealed record SignedContent(ContentKind Kind, SignedBytes Signed, byte[] Signature, byte[]? Payload);
