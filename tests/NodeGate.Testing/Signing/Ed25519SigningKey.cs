using System.Numerics;
using System.Security.Cryptography;
using NodeGate.Testing.Sigstore;

namespace NodeGate.Testing.Signing;

/// <summary>
/// Ed25519 (RFC 8032 section 5.1.6) in plain integers: .NET has none, and a signer of our own checks OpenSSL's verifier independently.
/// Not constant-time; for tests only.
/// </summary>
public sealed class Ed25519SigningKey : SigningKey
{
    private static readonly byte[] Prefix = Convert.FromHexString("302a300506032b6570032100");
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    private readonly BigInteger _scalar;
    private readonly byte[] _noncePrefix;
    private readonly byte[] _public;
    private readonly bool _prehashed;

    /// <param name="seed">The 32 bytes of the private key.</param>
    /// <param name="prehashed">Sign with Ed25519ph, as Sigstore does wherever only a hash is logged.</param>
    public Ed25519SigningKey(ReadOnlySpan<byte> seed, bool prehashed = false)
    {
        _prehashed = prehashed;
        var hash = SHA512.HashData(seed);
        _noncePrefix = hash[32..];
        hash[0] &= 248;
        hash[31] = (byte)((hash[31] & 127) | 64);
        _scalar = new BigInteger(hash.AsSpan(0, 32), isUnsigned: true);
        _public = EdwardsPoint.Base.Times(_scalar).Encode();
    }

    /// <inheritdoc/>
    public override byte[] PublicDer => [.. Prefix, .. _public];

    /// <summary>The 32 bytes of the public key.</summary>
    public byte[] PublicPoint => _public;

    /// <inheritdoc/>
    public override string KeyDetails => _prehashed ? "PKIX_ED25519_PH" : "PKIX_ED25519";

    /// <inheritdoc/>
    public override HashAlgorithmName Hash => HashAlgorithmName.SHA512;

    /// <inheritdoc/>
    public override byte[] SignatureAlgorithm => Der.Sequence(Der.Oid("1.3.101.112"));

    /// <inheritdoc/>
    public override byte[] Sign(ReadOnlySpan<byte> message) => _prehashed ? SignPrehashed(message) : Sign([], message);

    /// <summary>Ed25519ph (section 5.1): the hash of the message, under a domain of its own. cosign 3.1 signs images with it.</summary>
    public byte[] SignPrehashed(ReadOnlySpan<byte> message) =>
        Sign([.. "SigEd25519 no Ed25519 collisions"u8, 1, 0], SHA512.HashData(message));

    private byte[] Sign(byte[] domain, ReadOnlySpan<byte> message)
    {
        var nonce = Challenge([.. domain, .. _noncePrefix, .. message]);
        var r = EdwardsPoint.Base.Times(nonce).Encode();
        var challenge = Challenge([.. domain, .. r, .. _public, .. message]);
        var s = (nonce + (challenge * _scalar)) % Order;
        var signature = new byte[64];
        r.CopyTo(signature, 0);
        s.TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true);
        return signature;
    }

    private static BigInteger Challenge(byte[] bytes) => new BigInteger(SHA512.HashData(bytes), isUnsigned: true) % Order;
}
