using System.Security.Cryptography;

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
    public override byte[] Sign(ReadOnlySpan<byte> message) => _key.SignData(message, HashAlgorithmName.SHA256, _padding);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _key.Dispose();
}
