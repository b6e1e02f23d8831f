using System.Security.Cryptography;

namespace NodeGate.Testing.Signing;

/// <summary>ECDSA with a hash of the caller's choice, signatures in DER.</summary>
public sealed class EcdsaSigningKey : SigningKey
{
    private readonly ECDsa _key;
    private readonly HashAlgorithmName _hash;

    public EcdsaSigningKey(ECCurve curve, HashAlgorithmName hash)
    {
        _key = ECDsa.Create(curve);
        _hash = hash;
    }

    /// <inheritdoc/>
    public override byte[] PublicDer => _key.ExportSubjectPublicKeyInfo();

    /// <summary>The unencrypted private key, as PEM.</summary>
    public string PrivatePem => _key.ExportPkcs8PrivateKeyPem();

    /// <inheritdoc/>
    public override byte[] Sign(ReadOnlySpan<byte> message) => _key.SignData(message, _hash, DSASignatureFormat.Rfc3279DerSequence);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _key.Dispose();
}
