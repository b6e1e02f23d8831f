using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Keys;

/// <summary>Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1) from PEM (RFC 7468) or DER, one accepted encoding for one key.</summary>
internal static class PublicKeyReader
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string Ed25519 = "1.3.101.112";
    private const string Begin = "-----BEGIN ";
    private const string Dashes = "-----";
    private const string Expected = "expected one PEM block '-----BEGIN PUBLIC KEY-----' (cosign.pub), or the same in DER";

    public static bool TryRead(ReadOnlySpan<byte> content, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        // check: limit-key-file
        if (content.Length > VerificationLimits.MaxKeyBytes)
        {
            error = $"{content.Length} bytes are too many for a public key; at most {VerificationLimits.MaxKeyBytes} are read";
            return false;
        }

        // DER begins with a SEQUENCE, which in text would be the digit 0.
        return !content.IsEmpty && content[0] == 0x30
            ? TryReadDer(content, out key, out error)
            : TryReadPem(Encoding.UTF8.GetString(content), out key, out error);
    }

    public static bool TryReadPem(ReadOnlySpan<char> text, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        // check: limit-key-text
        if (text.Length > VerificationLimits.MaxKeyBytes)
        {
            error = $"{text.Length} characters are too many for a public key; at most {VerificationLimits.MaxKeyBytes} are read";
            return false;
        }

        error = Unwrap(text, out var der);
        return error is null && TryReadDer(der, out key, out error);
    }

    private static string? Unwrap(ReadOnlySpan<char> text, out byte[] der)
    {
        der = [];
        text = text.Trim();
        if (text.IsEmpty)
        {
            return "the key is empty; " + Expected;
        }

        var label = Label(text);
        if (label.IsEmpty)
        {
            return "this is not PEM; " + Expected;
        }

        // check: key-pem-private
        if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
        {
            return "this is a private key, which does not belong on a node; name the public one (cosign public-key --key cosign.key), and if others "
                + "could read this file, make a new key";
        }

        // check: key-pem-certificate
        if (label is "CERTIFICATE" or "X509 CERTIFICATE" or "TRUSTED CERTIFICATE")
        {
            return "this is a certificate, not a public key; take its key (openssl x509 -pubkey -noout), or use an authority of kind keyless or notation";
        }

        // check: key-pem-label
        if (label is not "PUBLIC KEY")
        {
            return label is "RSA PUBLIC KEY"
                ? "this is a PKCS#1 'RSA PUBLIC KEY'; convert it (openssl rsa -RSAPublicKey_in -pubout)"
                : "this PEM block is of another type; " + Expected;
        }

        if (!PemEncoding.TryFind(text, out var fields))
        {
            return "the PEM block is damaged; " + Expected;
        }

        // check: key-pem-single
        if (fields.Location.Start.Value != 0 || fields.Location.End.Value != text.Length)
        {
            return "there is more than one PEM block, or text beside it; a file holds exactly one key";
        }

        var base64 = string.Concat(text[fields.Base64Data].ToString().Where(c => !char.IsWhiteSpace(c)));
        if (!StrictBase64.TryDecode(base64, out var decoded))
        {
            return "the PEM block is not canonical base64";
        }

        der = decoded;
        return null;
    }

    private static ReadOnlySpan<char> Label(ReadOnlySpan<char> text)
    {
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
        {
            return default;
        }

        var rest = text[(begin + Begin.Length)..];
        var end = rest.IndexOf(Dashes, StringComparison.Ordinal);
        return end < 0 ? default : rest[..end];
    }

    private static bool TryReadDer(ReadOnlySpan<byte> der, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        KeyVerifier? verifier;
        try
        {
            (verifier, error) = ReadInfo(der.ToArray());
        }
        catch (AsnContentException)
        {
            (verifier, error) = (null, "this is not a SubjectPublicKeyInfo in strict DER; " + Expected);
        }
        catch (CryptographicException)
        {
            (verifier, error) = (null, "the key's numbers do not make a key: the point is not on its curve, or the modulus is no modulus");
        }

        if (verifier is null)
        {
            error ??= Expected;
            return false;
        }

        error = null;
        key = new PublicKey(der, verifier);
        return true;
    }

    private static (KeyVerifier? Verifier, string? Error) ReadInfo(byte[] der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var info = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var algorithm = info.ReadSequence();
        var bits = info.ReadBitString(out var unused);
        info.ThrowIfNotEmpty();
        // check: key-bit-string
        if (unused != 0)
        {
            return (null, "the key's bit string is not of whole bytes");
        }

        var identifier = algorithm.ReadObjectIdentifier();
        switch (identifier)
        {
            case EcPublicKey:
                return ReadEcdsa(algorithm, bits);
            case RsaEncryption:
                algorithm.ReadNull();
                algorithm.ThrowIfNotEmpty();
                return ReadRsa(bits);
            case Ed25519:
                algorithm.ThrowIfNotEmpty();
                return ReadEd25519(bits);
            default:
                return (null, $"keys of algorithm {identifier} are not supported; use ECDSA P-256, P-384 or P-521, RSA of 2048 bits or more, or Ed25519");
        }
    }

    private static (KeyVerifier? Verifier, string? Error) ReadEcdsa(AsnReader algorithm, byte[] point)
    {
        // check: key-curve-by-name
        if (algorithm.PeekTag() != Asn1Tag.ObjectIdentifier)
        {
            // Explicit parameters let the maker of a key choose the generator (CVE-2020-0601).
            return (null, "the curve is given by its parameters; only curves by name are accepted");
        }

        var identifier = algorithm.ReadObjectIdentifier();
        algorithm.ThrowIfNotEmpty();
        var curve = NistCurve.Find(identifier);
        // check: key-curve
        if (curve is null)
        {
            return (null, $"the curve {identifier} is not supported; use P-256, P-384 or P-521");
        }

        var size = curve.CoordinateBytes;
        // check: key-point-form
        if (point.Length != (2 * size) + 1 || point[0] != 0x04)
        {
            return (null, "the point is not in uncompressed form (SEC 1 section 2.3.3)");
        }

        var parameters = new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = point[1..(size + 1)], Y = point[(size + 1)..] } };
        return (new EcdsaVerifier(curve.Algorithm, parameters), null);
    }

    private static (KeyVerifier? Verifier, string? Error) ReadRsa(byte[] bits)
    {
        var outer = new AsnReader(bits, AsnEncodingRules.DER);
        var pair = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var modulus = pair.ReadInteger();
        var exponent = pair.ReadInteger();
        pair.ThrowIfNotEmpty();
        var size = modulus.Sign > 0 ? modulus.GetBitLength() : 0;
        // check: key-rsa-size
        if (size is < VerificationLimits.MinRsaBits or > VerificationLimits.MaxRsaBits)
        {
            return (null, $"an RSA key of {size} bits; expected {VerificationLimits.MinRsaBits} to {VerificationLimits.MaxRsaBits}");
        }

        // check: key-rsa-numbers
        if (modulus.IsEven || exponent.IsEven || exponent < 3 || exponent > uint.MaxValue)
        {
            return (null, "the RSA key's modulus is even, or its exponent is not an odd number from 3 to 2^32");
        }

        var parameters = new RSAParameters
        {
            Modulus = modulus.ToByteArray(isUnsigned: true, isBigEndian: true),
            Exponent = exponent.ToByteArray(isUnsigned: true, isBigEndian: true),
        };
        return (new RsaVerifier(parameters), null);
    }

    private static (KeyVerifier? Verifier, string? Error) ReadEd25519(byte[] key)
    {
        // check: key-ed25519-length
        if (key.Length != 32)
        {
            return (null, $"an Ed25519 key of {key.Length} bytes; expected 32");
        }

        // OpenSSL takes any 32 bytes for a key.
        var point = EdwardsPoint.Decode(key);
        // check: key-ed25519-point
        if (point is null)
        {
            return (null, "the Ed25519 key is not the canonical encoding of a point of the curve (RFC 8032 section 5.1.3)");
        }

        // check: key-ed25519-small-order
        if (point.Value.IsOfSmallOrder())
        {
            return (null, "the Ed25519 key is a point of small order, under which anybody can sign");
        }

        return LibCrypto.IsAvailable
            ? (new Ed25519Verifier(key), null)
            : (null, "Ed25519 needs OpenSSL's libcrypto.so.3 or libcrypto.so.1.1, which was not found; install OpenSSL or use another kind of key");
    }
}
