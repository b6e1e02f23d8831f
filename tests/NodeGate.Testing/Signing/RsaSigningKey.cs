using System.Security.Cryptography;
using NodeGate.Testing.Sigstore;

namespace NodeGate.Testing.Signing;

/// <summary>RSA with SHA-256.</summary>
public sealed class RsaSigningKey : SigningKey
{
    private readonly RSA _key;
    private readonly RSASignaturePadding _padding;

    public RsaSigningKey(int bits, RSASignaturePadding padding)
    {
        _key = RSA.Create(bits);
        _padding = padding;
    }

    /// <inheritdoc/>
    public override byte[] PublicDer => _key.ExportSubjectPublicKeyInfo();

    /// <inheritdoc/>
    public override string KeyDetails => $"PKIX_RSA_{(_padding == RSASignaturePadding.Pss ? "PSS" : "PKCS1V15")}_{_key.KeySize}_SHA256";

    /// <inheritdoc/>
    public override HashAlgorithmName Hash => HashAlgorithmName.SHA256;

    /// <inheritdoc/>
    public override byte[] SignatureAlgorithm => _padding == RSASignaturePadding.Pss ? Pss() : Der.Sequence(Der.Oid("1.2.840.113549.1.1.11"), Der.Null);

    /// <inheritdoc/>
    public override byte[] Sign(ReadOnlySpan<byte> message) => _key.SignData(message, HashAlgorithmName.SHA256, _padding);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _key.Dispose();

    // RFC 4055 section 3.1: SHA-256, MGF1 with SHA-256, a salt as long as the hash.
    private static byte[] Pss()
    {
        var sha256 = Der.Sequence(Der.Oid(Oids.Sha256), Der.Null);
        return Der.Sequence(Der.Oid("1.2.840.113549.1.1.10"), Der.Sequence(
            Der.Context(0, sha256), Der.Context(1, Der.Sequence(Der.Oid("1.2.840.113549.1.1.8"), sha256)), Der.Context(2, Der.Integer(32))));
    }
}
