using System.Security.Cryptography;

namespace NodeGate.Testing.Signing;

/// <summary>A real key pair that signs as cosign does. Verification never sees this code, so signer and verifier cannot share a fault.</summary>
public abstract class SigningKey : IDisposable
{
    /// <summary>SubjectPublicKeyInfo in DER.</summary>
    public abstract byte[] PublicDer { get; }

    /// <summary>What cosign writes to cosign.pub.</summary>
    public string PublicPem => PemEncoding.WriteString("PUBLIC KEY", PublicDer) + "\n";

    /// <summary>SHA-256 of <see cref="PublicDer"/>, lower-case hexadecimal.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(PublicDer));

    /// <summary>The hint that cosign 3 writes into a bundle.</summary>
    public string Hint => Convert.ToBase64String(SHA256.HashData(PublicDer));

    /// <summary>What the protobuf enum PublicKeyDetails of Sigstore calls keys of this kind.</summary>
    public abstract string KeyDetails { get; }

    /// <summary>The hash that signatures of this key are made over.</summary>
    public abstract HashAlgorithmName Hash { get; }

    /// <summary>The AlgorithmIdentifier of X.509 and CMS for signatures of this key, in DER.</summary>
    public abstract byte[] SignatureAlgorithm { get; }

    /// <summary>The signature of the message, hashed as the kind of key asks for.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> message);

    /// <summary>A fresh P-256 key, cosign's default.</summary>
    public static SigningKey Create() => new EcdsaSigningKey(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256);

    public static SigningKey Ecdsa(ECCurve curve, HashAlgorithmName hash) => new EcdsaSigningKey(curve, hash);

    public static SigningKey Rsa(int bits, RSASignaturePadding padding) => new RsaSigningKey(bits, padding);

    public static SigningKey Ed25519() => new Ed25519SigningKey(RandomNumberGenerator.GetBytes(32));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
