using System.Numerics;
using System.Security.Cryptography;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Keys;

/// <summary>
/// ECDSA with the hash of the curve's size, as newer Sigstore clients sign; and with SHA-256 on the larger curves too, because cosign's
/// own signatures use it whatever the key (verification.md section 1.1; PublicKeyDetails PKIX_ECDSA_P384_SHA_256).
/// </summary>
internal sealed class EcdsaVerifier : KeyVerifier
{
    private readonly IdleInstance<ECDsa> _key;
    private readonly HashAlgorithmName[] _hashes;
    private readonly BigInteger _order;

    public EcdsaVerifier(KeyAlgorithm algorithm, ECParameters key)
    {
        Algorithm = algorithm;
        // Made at once, not when it is needed: a point that is not on the curve must be no key.
        _key = new IdleInstance<ECDsa>(() => ECDsa.Create(key), ECDsa.Create(key));
        _hashes = algorithm switch
        {
            KeyAlgorithm.EcdsaP256 => [HashAlgorithmName.SHA256],
            KeyAlgorithm.EcdsaP384 => [HashAlgorithmName.SHA384, HashAlgorithmName.SHA256],
            _ => [HashAlgorithmName.SHA512, HashAlgorithmName.SHA256],
        };
        _order = NistCurve.Of(algorithm).Order;
    }

    /// <inheritdoc/>
    public override KeyAlgorithm Algorithm { get; }

    /// <inheritdoc/>
    public override bool Is(SignatureKind kind) => kind == SignatureKind.Ecdsa;

    /// <inheritdoc/>
    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        foreach (var hash in _hashes)
        {
            if (VerifiesHash(CryptographicOperations.HashData(hash, message), signature))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool Verifies(SignatureScheme scheme, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Is(scheme.Kind) && VerifiesHash(CryptographicOperations.HashData(scheme.Hash, message), signature);

    /// <inheritdoc/>
    public override bool VerifiesSha256(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => VerifiesHash(hash, signature);

    private bool VerifiesHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        // .NET takes a negative INTEGER for its positive twin (verification.md section 7.4), so the encoding is judged here.
        if (!StrictDer.IsEcdsaSignature(signature, _order))
        {
            return false;
        }

        var ecdsa = _key.Take();
        var verifies = ecdsa.VerifyHash(hash, signature, DSASignatureFormat.Rfc3279DerSequence);
        _key.Return(ecdsa);
        return verifies;
    }
}
