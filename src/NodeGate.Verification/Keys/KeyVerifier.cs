namespace NodeGate.Verification.Keys;

/// <summary>One algorithm's way to verify, with the key that it belongs to. Safe for concurrent use.</summary>
internal abstract class KeyVerifier
{
    public abstract KeyAlgorithm Algorithm { get; }

    /// <summary>Whether the signature is this key's over the message. False for a malformed signature; does not throw.</summary>
    public abstract bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>
    /// Whether the signature is this key's over a message with this SHA-256 hash. False where the algorithm needs the message itself or another
    /// hash of it.
    /// </summary>
    public abstract bool VerifiesSha256(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature);

    /// <summary>The same for a signature that must be of one scheme. False where the key is not of its kind.</summary>
    public abstract bool Verifies(SignatureScheme scheme, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Whether the key can sign with schemes of this kind.</summary>
    public abstract bool Is(SignatureKind kind);
}
