using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using NodeGate.Testing.Signing;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests;

public sealed class PublicKeyTests
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string P256 = "1.2.840.10045.3.1.7";
    private static readonly byte[] Message = "message"u8.ToArray();

    public static TheoryData<string, KeyAlgorithm> Kinds => new()
    {
        { "P-256", KeyAlgorithm.EcdsaP256 },
        { "P-384 with SHA-384", KeyAlgorithm.EcdsaP384 },
        { "P-384 with SHA-256", KeyAlgorithm.EcdsaP384 },
        { "P-521 with SHA-512", KeyAlgorithm.EcdsaP521 },
        { "P-521 with SHA-256", KeyAlgorithm.EcdsaP521 },
        { "RSA 2048 PKCS#1", KeyAlgorithm.Rsa },
        { "RSA 2056 PSS", KeyAlgorithm.Rsa },
        { "Ed25519", KeyAlgorithm.Ed25519 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Verify_EachKindOfKey_VerifiesBothFormatsAndNothingElse(string kind, KeyAlgorithm algorithm)
    {
        using var key = KeyOf(kind);
        var parsed = PublicKeyOf(key);
        Assert.Equal(algorithm, parsed.Algorithm);
        Assert.Equal($"sha256:{key.Fingerprint}", parsed.Fingerprint.ToString());

        AssertVerified(Verify(Legacy(LegacySignature.Of(key, Repository, Image)), RequirementOf(key)));
        AssertVerified(Verify(Bundle(Bundles.Signature(key, Image)), RequirementOf(key)));
        AssertVerified(Verify(Bundle(Bundles.Message(key, ImageBytes)), RequirementOf(key)));
        Assert.False(parsed.Verifies("other"u8, key.Sign(Message)));
        Assert.False(parsed.Verifies(Message, []));
        Assert.False(parsed.Verifies(Message, [.. key.Sign(Message), 0]));
    }

    [Theory]
    [InlineData("SHA1")]
    [InlineData("SHA512")]
    public void Verifies_P256WithAnotherHash_False(string hash)
    {
        using var key = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP256, new HashAlgorithmName(hash));

        Assert.False(PublicKeyOf(key).Verifies(Message, key.Sign(Message)));
    }

    [Fact]
    public void Verifies_EcdsaInFixedFieldForm_False()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.True(PublicKey.TryParse(ecdsa.ExportSubjectPublicKeyInfo(), out var key, out _));

        Assert.False(key.Verifies(Message, ecdsa.SignData(Message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
    }

    [Fact]
    public void TryParse_PemWithSpaceAroundOrDer_IsTheSameKey()
    {
        Assert.True(PublicKey.TryParse(("\r\n  " + Key.PublicPem.Replace("\n", "\r\n", StringComparison.Ordinal) + "\n\n").AsSpan(), out var pem, out _));
        Assert.True(PublicKey.TryParse(Key.PublicDer, out var der, out _));

        Assert.Equal(pem, der);
        Assert.Equal(pem.GetHashCode(), der.GetHashCode());
        Assert.NotEqual(pem, PublicKeyOf(OtherKey));
    }

    [Fact]
    public void TryParse_PrivateKey_SaysSoWithoutQuotingIt()
    {
        using var key = new EcdsaSigningKey(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256);

        var error = Refused(Encoding.ASCII.GetBytes(key.PrivatePem));

        Assert.Contains("private key", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key.PrivatePem.Split('\n')[1], error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CERTIFICATE", "certificate")]
    [InlineData("ENCRYPTED SIGSTORE PRIVATE KEY", "private key")]
    [InlineData("RSA PUBLIC KEY", "PKCS#1")]
    [InlineData("PGP PUBLIC KEY BLOCK", "another type")]
    public void TryParse_OtherLabel_SaysWhatItIs(string label, string expected) =>
        Assert.Contains(expected, Refused(Encoding.ASCII.GetBytes(PemEncoding.WriteString(label, Key.PublicDer))), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("ssh-ed25519 AAAA", "not PEM")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA", "damaged")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "strict DER")]
    public void TryParse_NoKey_SaysWhatWasExpected(string text, string expected) =>
        Assert.Contains(expected, Refused(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void TryParse_TwoKeys_Refused() =>
        Assert.Contains("exactly one", Refused(Encoding.ASCII.GetBytes(Key.PublicPem + OtherKey.PublicPem)), StringComparison.Ordinal);

    [Fact]
    public void TryParse_Base64WithLeftOverBits_Refused()
    {
        // "AQJ=" decodes to the bytes of "AQI=".
        Assert.Contains(
            "damaged", Refused("-----BEGIN PUBLIC KEY-----\nAQJ=\n-----END PUBLIC KEY-----"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TrailingByteAfterDer_Refused() => Assert.Contains("strict DER", Refused([.. Key.PublicDer, 0]), StringComparison.Ordinal);

    [Fact]
    public void TryParse_BitStringNotOfWholeBytes_Refused()
    {
        var der = Der(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier("1.3.101.112");
            }

            // The last bit of a usable point is 0 here, so that dropping it is all that is wrong.
            w.WriteBitString(Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f7070000")[..32], 1);
        });

        Assert.Contains("whole bytes", Refused(der), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.3.132.0.10")] // secp256k1
    [InlineData("1.3.36.3.3.2.8.1.1.7")] // brainpoolP256r1
    public void TryParse_OtherCurve_Refused(string curve) =>
        Assert.Contains("not supported", Refused(EcKey(curve, Point())), StringComparison.Ordinal);

    [Fact]
    public void TryParse_CurveByItsParameters_Refused()
    {
        var der = Der(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(EcPublicKey);
                using (w.PushSequence())
                {
                    w.WriteInteger(1);
                }
            }

            w.WriteBitString(Point());
        });

        Assert.Contains("by its parameters", Refused(der), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_CompressedPoint_Refused() =>
        Assert.Contains("uncompressed", Refused(EcKey(P256, [(byte)(2 + (Point()[64] & 1)), .. Point()[1..33]])), StringComparison.Ordinal);

    [Fact]
    public void TryParse_PointOffTheCurve_Refused()
    {
        var point = Point();
        point[64] ^= 1;

        Assert.Contains("not on its curve", Refused(EcKey(P256, point)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2040)]
    public void TryParse_SmallRsa_Refused(int bits)
    {
        using var rsa = RSA.Create(bits);

        Assert.Contains($"RSA key of {bits} bits", Refused(rsa.ExportSubjectPublicKeyInfo()), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_HugeRsa_Refused()
    {
        var modulus = new byte[(VerificationLimits.MaxRsaBits / 8) + 1];
        modulus[0] = 1;
        modulus[^1] = 1;

        Assert.Contains("RSA key of 8193 bits", Refused(RsaKey(modulus, [1, 0, 1])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01", true)]
    [InlineData("02", true)]
    [InlineData("0100000001", true)]
    [InlineData("010001", false)]
    public void TryParse_RsaNumbersThatMakeNoKey_Refused(string exponent, bool odd)
    {
        var modulus = new byte[256];
        modulus[0] = 0x80;
        modulus[^1] = (byte)(odd ? 1 : 2);

        Assert.Contains("exponent", Refused(RsaKey(modulus, Convert.FromHexString(exponent))), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_RsaKeyOfExactlyTheOddSizes_Accepted()
    {
        using var rsa = RSA.Create(2056);

        Assert.True(PublicKey.TryParse(rsa.ExportSubjectPublicKeyInfo(), out _, out _));
    }

    [Fact]
    public void TryParse_Ed25519OfAnotherLength_Refused() =>
        Assert.Contains("31 bytes", Refused(Ed25519Key(new byte[31])), StringComparison.Ordinal);

    [Theory]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")] // not on the curve
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p, a second spelling of 0
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")] // x = 0 with a sign
    public void TryParse_Ed25519ThatIsNoPoint_Refused(string key) =>
        Assert.Contains("canonical encoding", Refused(Ed25519Key(Convert.FromHexString(key))), StringComparison.Ordinal);

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
    public void TryParse_Ed25519OfSmallOrder_Refused(string key) =>
        Assert.Contains("small order", Refused(Ed25519Key(Convert.FromHexString(key))), StringComparison.Ordinal);

    private static SigningKey KeyOf(string kind) => kind switch
    {
        "P-256" => SigningKey.Create(),
        "P-384 with SHA-384" => SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        "P-384 with SHA-256" => SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA256),
        "P-521 with SHA-512" => SigningKey.Ecdsa(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512),
        "P-521 with SHA-256" => SigningKey.Ecdsa(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA256),
        "RSA 2048 PKCS#1" => SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1),
        "RSA 2056 PSS" => SigningKey.Rsa(2056, RSASignaturePadding.Pss),
        "Ed25519" => SigningKey.Ed25519(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of key."),
    };

    private static string Refused(byte[] content)
    {
        Assert.False(PublicKey.TryParse(content, out _, out var error));
        return error;
    }

    private static byte[] Point() => Key.PublicDer[^65..];

    private static byte[] EcKey(string curve, byte[] point) => Der(w =>
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(EcPublicKey);
            w.WriteObjectIdentifier(curve);
        }

        w.WriteBitString(point);
    });

    private static byte[] RsaKey(byte[] modulus, byte[] exponent) => Der(w =>
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(RsaEncryption);
            w.WriteNull();
        }

        var numbers = new AsnWriter(AsnEncodingRules.DER);
        using (numbers.PushSequence())
        {
            numbers.WriteIntegerUnsigned(modulus);
            numbers.WriteIntegerUnsigned(exponent);
        }

        w.WriteBitString(numbers.Encode());
    });

    private static byte[] Ed25519Key(byte[] key) => Der(w =>
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier("1.3.101.112");
        }

        w.WriteBitString(key);
    });

    private static byte[] Der(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            write(writer);
        }

        return writer.Encode();
    }
}
