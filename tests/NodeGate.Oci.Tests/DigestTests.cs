using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace NodeGate.Oci.Tests;

public sealed class DigestTests
{
    // FIPS 180-4, the published values of "abc".
    private const string AbcSha256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private const string AbcSha512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        + "454d4423643ce80e2a9ac94fa54ca49f";

    [Theory]
    [InlineData(AbcSha256, DigestAlgorithm.Sha256)]
    [InlineData(AbcSha512, DigestAlgorithm.Sha512)]
    public void Of_PublishedValue_IsThatDigest(string text, DigestAlgorithm algorithm)
    {
        var digest = Digest.Of(Encoding.ASCII.GetBytes("abc"), algorithm);

        Assert.Equal(text, digest.ToString());
        Assert.Equal(Digest.Parse(text), digest);
        Assert.Equal(algorithm, Digest.Parse(text).Algorithm);
        Assert.Equal(text[7..], digest.Hex);
        Assert.Equal(digest, Digest.FromHash(algorithm, digest.ToHash()));
        Assert.True(digest.Matches(Encoding.ASCII.GetBytes("abc")));
        Assert.False(digest.Matches(Encoding.ASCII.GetBytes("abd")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("sha256")]
    [InlineData("sha256:")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData(AbcSha256 + "0")]
    [InlineData(AbcSha256 + "\n")]
    [InlineData(" " + AbcSha256)]
    [InlineData("SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:\uFF10a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256+b64:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("md5:900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../etc/x")]
    public void TryParse_OtherText_IsRefused(string text)
    {
        Assert.False(Digest.TryParse(text, out var digest));
        Assert.Null(digest);
        Assert.Throws<FormatException>(() => Digest.Parse(text));
    }

    [Fact]
    public void Parse_HostileText_IsShownShortAndHarmless()
    {
        var exception = Assert.Throws<FormatException>(() => Digest.Parse("\n\u001b" + new string('x', 1_000_000)));

        Assert.StartsWith("'??xxx", exception.Message, StringComparison.Ordinal);
        Assert.True(exception.Message.Length < 500);
    }

    [Fact]
    public void FromHash_WrongLength_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Digest.FromHash(DigestAlgorithm.Sha256, new byte[31]));
        Assert.Throws<ArgumentException>(() => Digest.FromHash(DigestAlgorithm.Sha512, new byte[32]));
    }

    [Fact]
    public void Of_UnsetAlgorithm_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Digest.Of([], default));

    [Fact]
    public void Equals_SameTextAndOther_AreTold()
    {
        var digest = Digest.Parse(AbcSha256);

        Assert.True(digest == Digest.Parse(AbcSha256));
        Assert.True(digest != Digest.Parse(AbcSha512));
        Assert.Equal(digest.GetHashCode(), Digest.Parse(AbcSha256).GetHashCode());
        Assert.False(digest == null);
        Assert.False(digest.Equals((object)AbcSha256));
    }

    [Fact]
    public void Parse_ToString_IsTheDigestItself() =>
        Prop.ForAll<byte[]>(content => Digest.Parse(Digest.Of(content).ToString()) == Digest.Of(content) && Digest.Of(content).Matches(content))
            .QuickCheckThrowOnFailure();
}
