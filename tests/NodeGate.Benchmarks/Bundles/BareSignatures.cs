using System.Security.Cryptography;

namespace NodeGate.Benchmarks.Bundles;

/// <summary>
/// The signature verifications without which no verifier of a keyless bundle in Rekor v1 gets along, and nothing else: the certificate's (by
/// an authority on P-384), and on P-256 that of its SCT, of the log's promise, of the checkpoint and the signature itself. Keys are
/// ready, the bytes are as many as there are in a bundle.
/// </summary>
internal sealed class BareSignatures : IDisposable
{
    private const int SignedBytes = 700;

    private readonly (ECDsa Key, HashAlgorithmName Hash, byte[] Data, byte[] Signature)[] _signatures =
    [
        Sign(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        .. Enumerable.Range(0, 4).Select(_ => Sign(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256)),
    ];

    public void Dispose()
    {
        foreach (var signature in _signatures)
        {
            signature.Key.Dispose();
        }
    }

    /// <summary>Verifies each once.</summary>
    internal bool Verify() => _signatures.All(s => s.Key.VerifyData(s.Data, s.Signature, s.Hash, DSASignatureFormat.Rfc3279DerSequence));

    private static (ECDsa Key, HashAlgorithmName Hash, byte[] Data, byte[] Signature) Sign(ECCurve curve, HashAlgorithmName hash)
    {
        using var signer = ECDsa.Create(curve);
        var data = RandomNumberGenerator.GetBytes(SignedBytes);
        return (ECDsa.Create(signer.ExportParameters(includePrivateParameters: false)), hash, data, signer.SignData(data, hash, DSASignatureFormat.Rfc3279DerSequence));
    }
}
