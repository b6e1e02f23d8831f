using System.Buffers;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Verification.Keys;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>
/// A key of a role (TUF specification 4.2). Type and scheme stand in signed metadata beside the key, so that no signature chooses its
/// algorithm. Null where this program cannot use the key: it then signs nothing, and the role needs others.
/// </summary>
internal sealed class TufKey
{
    private static readonly byte[] Ed25519Prefix = Convert.FromHexString("302a300506032b6570032100");
    private static readonly byte[] EcdsaP256Prefix = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private readonly PublicKey _key;
    private readonly string _text;

    private TufKey(PublicKey key, string text)
    {
        _key = key;
        _text = text;
    }

    /// <summary>What a threshold counts: key ids are free text, and two of them may name one key.</summary>
    public Digest Fingerprint => _key.Fingerprint;

    public static TufKey? Read(StrictNode key)
    {
        var text = key.Required("keyval").Required("public").Text();
        return (key.Required("keytype").Text(), key.Required("scheme").Text()) switch
        {
            ("ed25519", "ed25519") => FromHex(text, Ed25519Prefix, KeyAlgorithm.Ed25519),
            ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => FromPem(text, KeyAlgorithm.EcdsaP256) ?? FromHex(text, EcdsaP256Prefix, KeyAlgorithm.EcdsaP256),
            ("rsa", "rsassa-pss-sha256") => FromPem(text, KeyAlgorithm.Rsa),
            _ => null,
        };
    }

    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => _key.Algorithm switch
    {
        KeyAlgorithm.Ed25519 => LibCrypto.VerifyEd25519(Convert.FromHexString(_text), message, signature),
        KeyAlgorithm.Rsa => VerifiesPss(message, signature),
        _ => _key.Verifies(message, signature),
    };

    private bool VerifiesPss(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(_text);
        return rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    private static TufKey? FromPem(string pem, KeyAlgorithm algorithm) =>
        PublicKey.TryParse(pem.AsSpan(), out var key, out _) && key.Algorithm == algorithm ? new TufKey(key, pem) : null;

    private static TufKey? FromHex(string hex, byte[] prefix, KeyAlgorithm algorithm) =>
        TryDecode(hex) is { } bytes && PublicKey.TryParse([.. prefix, .. bytes], out var key, out _) && key.Algorithm == algorithm
            ? new TufKey(key, hex)
            : null;

    /// <summary>Bytes in hexadecimal; null where the text is none.</summary>
    internal static byte[]? TryDecode(string hex)
    {
        var bytes = new byte[hex.Length / 2];
        return hex.Length % 2 == 0 && Convert.FromHexString(hex, bytes, out _, out _) == OperationStatus.Done ? bytes : null;
    }
}
