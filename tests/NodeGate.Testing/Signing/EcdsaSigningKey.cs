using System.Security.Cryptography;
using NodeGate.Testing.Sigstore;

namespace NodeGate.Testing.Signing;

/// <summary>ECDSA with a hash of the caller's choice, signatures in DER.</summary>
public sealed class EcdsaSigningKey : SigningKey
{
    private readonly ECDsa _key;
    private readonly HashAlgorithmName _hash;

    public EcdsaSigningKey(ECCurve curve, HashAlgorithmName hash)
        : this(ECDsa.Create(curve), hash)
    {
    }

    private EcdsaSigningKey(ECDsa key, HashAlgorithmName hash)
    {
        _key = key;
        _hash = hash;
    }

    /// <inheritdoc/>
    public override byte[] PublicDer => _key.ExportSubjectPublicKeyInfo();

    /// <inheritdoc/>
    public override string KeyDetails => $"PKIX_ECDSA_P{_key.KeySize}_SHA_{(_key.KeySize == 521 ? 512 : _key.KeySize)}";

    /// <inheritdoc/>
    public override HashAlgorithmName Hash => _hash;

    /// <inheritdoc/>
    public override byte[] SignatureAlgorithm => Der.Sequence(Der.Oid(_hash.Name switch
    {
        "SHA1" => "1.2.840.10045.4.1",
        "SHA256" => "1.2.840.10045.4.3.2",
        "SHA384" => "1.2.840.10045.4.3.3",
        _ => "1.2.840.10045.4.3.4",
    }));

    /// <summary>The unencrypted private key, as PEM.</summary>
    public string PrivatePem => _key.ExportPkcs8PrivateKeyPem();

    /// <inheritdoc/>
    public override byte[] Sign(ReadOnlySpan<byte> message) => _key.SignData(message, _hash, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The same key with another hash than it should be used with.</summary>
    public EcdsaSigningKey WithHash(HashAlgorithmName hash) => new(_key, hash);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _key.Dispose();
}
