using System.Numerics;
using NodeGate.Testing.Signing;
using NodeGate.Verification.Keys;

namespace NodeGate.Verification.Tests;

public sealed class Ed25519Tests
{
    private static readonly Ed25519SigningKey Key = new(Convert.FromHexString("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"));
    private static readonly byte[] Public = Key.PublicDer[^32..];

    [Fact]
    public void Verifies_Rfc8032Section7Point3_True()
    {
        var signature = Convert.FromHexString(
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");

        Assert.Equal("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", Convert.ToHexStringLower(Public));
        Assert.True(Ed25519Prehash.Verifies(Public, "abc"u8, signature));
        Assert.Equal(signature, Key.SignPrehashed("abc"u8));
    }

    [Fact]
    public void VerifyEd25519_Rfc8032Section7Point1_True() =>
        Assert.True(LibCrypto.VerifyEd25519(
            Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
            [],
            Convert.FromHexString("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")));

    [Fact]
    public void Verifies_PureSignature_IsNoPrehashedOne()
    {
        Assert.False(Ed25519Prehash.Verifies(Public, "abc"u8, Key.Sign("abc"u8)));
        Assert.False(LibCrypto.VerifyEd25519(Public, "abc"u8, Key.SignPrehashed("abc"u8)));
        Assert.False(Ed25519Prehash.Verifies(Public, "abd"u8, Key.SignPrehashed("abc"u8)));
    }

    [Fact]
    public void Verify_PrehashedAsCosign31Signs_Verified()
    {
        var payload = Sample.GoodLegacy().Payload;
        var evidence = Sample.GoodLegacy() with
        {
            Annotations = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add(
                LegacySignature.SignatureAnnotation, Convert.ToBase64String(Key.SignPrehashed(payload.Span))),
        };

        Sample.AssertVerified(Sample.Verify(evidence, Sample.RequirementOf(Key)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verifies_SecondSpellingOfS_False(bool prehashed)
    {
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
        var signature = prehashed ? Key.SignPrehashed("abc"u8) : Key.Sign("abc"u8);
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        Assert.True(s.TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true));

        Assert.False(prehashed ? Ed25519Prehash.Verifies(Public, "abc"u8, signature) : LibCrypto.VerifyEd25519(Public, "abc"u8, signature));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public void Verifies_SignatureOfAnotherLength_False(int length)
    {
        Assert.False(Ed25519Prehash.Verifies(Public, "abc"u8, new byte[length]));
        Assert.False(LibCrypto.VerifyEd25519(Public, "abc"u8, new byte[length]));
    }
}
