namespace NodeGate.Verification.Keys;

/// <summary>Ed25519 over the message itself (RFC 8032 section 5.1), not over a hash of it.</summary>
internal sealed class Ed25519Verifier : KeyVerifier
{
    private readonly byte[] _key;

    public Ed25519Verifier(byte[] key)
    {
        _key = key;
    }

    /// <inheritdoc/>
    public override KeyAlgorithm Algorithm => KeyAlgorithm.Ed25519;

    /// <inheritdoc/>
    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        LibCrypto.VerifyEd25519(_key, message, signature);
}
