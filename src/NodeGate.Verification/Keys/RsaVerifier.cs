using System.Security.Cryptography;

namespace NodeGate.Verification.Keys;

/// <summary>RSA with SHA-256: PKCS#1 v1.5 as cosign signs, and PSS with a salt as long as the hash (.NET refuses any other length).</summary>
internal sealed class RsaVerifier : KeyVerifier
{
    private readonly IdleInstance<RSA> _key;

    public RsaVerifier(RSAParameters key)
    {
        _key = new IdleInstance<RSA>(() => RSA.Create(key), RSA.Create(key));
    }

    /// <inheritdoc/>
    public override KeyAlgorithm Algorithm => KeyAlgorithm.Rsa;

    /// <inheritdoc/>
    public override bool Is(SignatureKind kind) => kind is SignatureKind.RsaPkcs1 or SignatureKind.RsaPss;

    /// <inheritdoc/>
    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => VerifiesSha256(SHA256.HashData(message), signature);

    /// <inheritdoc/>
    public override bool VerifiesSha256(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        VerifiesHash(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, hash, signature)
        || VerifiesHash(HashAlgorithmName.SHA256, RSASignaturePadding.Pss, hash, signature);

    /// <inheritdoc/>
    public override bool Verifies(SignatureScheme scheme, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var padding = scheme.Kind == SignatureKind.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return Is(scheme.Kind) && VerifiesHash(scheme.Hash, padding, CryptographicOperations.HashData(scheme.Hash, message), signature);
    }

    private bool VerifiesHash(HashAlgorithmName algorithm, RSASignaturePadding padding, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        var rsa = _key.Take();
        var verifies = rsa.VerifyHash(hash, signature, algorithm, padding);
        _key.Return(rsa);
        return verifies;
    }
}
