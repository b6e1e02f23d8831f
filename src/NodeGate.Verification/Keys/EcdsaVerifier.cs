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
    private readonly ECParameters _key;
    private readonly HashAlgorithmName[] _hashes;
    private readonly BigInteger _order;

    public EcdsaVerifier(KeyAlgorithm algorithm, ECParameters key)
    {
        Algorithm = algorithm;
        _key = key;
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
    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        // .NET takes a negative INTEGER for its positive twin (verification.md section 7.4), so the encoding is judged here.
        if (!StrictDer.IsEcdsaSignature(signature, _order))
        {
            return false;
        }

        // An instance for each call: instance members of ECDsa are not promised to be safe for concurrent use.
        using var ecdsa = ECDsa.Create(_key);
        foreach (var hash in _hashes)
        {
            if (ecdsa.VerifyData(message, signature, hash, DSASignatureFormat.Rfc3279DerSequence))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool VerifiesSha256(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (!StrictDer.IsEcdsaSignature(signature, _order))
        {
            return false;
        }

        using var ecdsa = ECDsa.Create(_key);
        return ecdsa.VerifyHash(hash, signature, DSASignatureFormat.Rfc3279DerSequence);
    }
}
