namespace NodeGate.Verification.Logs;

/// <summary>A signature line of a signed note.</summary>
/// <param name="Name">The signer's name.</param>
/// <param name="KeyHint">The first four bytes of the identifier of the signer's key. Name and hint only select a line; they prove nothing.</param>
/// <param name="Signature">The signature.</param>
internal sealed record NoteSignature(string Name, byte[] KeyHint, byte[] Signature);
