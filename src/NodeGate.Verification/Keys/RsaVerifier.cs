using System.Security.Cryptography;

namespace NodeGate.Verification.Keys;

/// <summary>RSA with SHA-256: PKCS#1 v1.5 as cosign signs, and PSS with a salt as long as the hash (.NET refuses any other length).</summary>
internal sealed class RsaVerifier : KeyVerifier
{
    private readonly RSAParameters _key;

    public RsaVerifier(RSAParameters key)
    {
        _key = key;
    }

    /// <inheritdoc/>
    public override KeyAlgorithm Algorithm => KeyAlgorithm.Rsa;

    /// <inheritdoc/>
    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create(_key);
        return rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            || rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    /// <inheritdoc/>
    public override bool VerifiesSha256(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create(_key);
        return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            || rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }
}
