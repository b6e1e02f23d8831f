namespace NodeGate.Verification.Keys;

/// <summary>
/// Ed25519 over the message itself, as cosign 2.5 signs and Sigstore signs DSSE envelopes; or over its SHA-512 hash in the domain of
/// Ed25519ph, as cosign 3.1 signs.
/// </summary>
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
    public override bool Is(SignatureKind kind) => kind == SignatureKind.Ed25519;

    /// <inheritdoc/>
    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        LibCrypto.VerifyEd25519(_key, message, signature) || Ed25519Prehash.Verifies(_key, message, signature);

    /// <inheritdoc/>
    public override bool VerifiesSha256(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => false;

    /// <inheritdoc/>
    public override bool Verifies(SignatureScheme scheme, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Is(scheme.Kind) && LibCrypto.VerifyEd25519(_key, message, signature);
}
