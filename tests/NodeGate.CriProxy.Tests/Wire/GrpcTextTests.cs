using System.Text;
using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Tests.Wire;

public sealed class GrpcTextTests
{
    [Theory]
    [InlineData("120000m", 120_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("99999999S", 40L * 24 * 3_600_000)]
    [InlineData("1500000u", 1_500)]
    [InlineData("2000000n", 2)]
    public void GrpcTimeout_Valid_Parses(string text, long milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(Encoding.ASCII.GetBytes(text), out var timeout));
        Assert.Equal(milliseconds, (long)timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1")]
    [InlineData("-1m")]
    [InlineData("1s")]
    [InlineData("123456789m")]
    [InlineData("1 m")]
    public void GrpcTimeout_Invalid_IsRefused(string text) => Assert.False(GrpcTimeout.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("50% of ü\n", "50%25 of %C3%BC%0A")]
    [InlineData("", "")]
    public void GrpcMessageText_EncodeAndDecode_RoundTrips(string text, string encoded)
    {
        Assert.Equal(encoded, Encoding.ASCII.GetString(GrpcMessageText.Encode(text)));
        Assert.Equal(text, GrpcMessageText.Decode(Encoding.ASCII.GetBytes(encoded)));
    }

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz", "%zz")]
    [InlineData("%4", "%4")]
    [InlineData("%ff", "\uFFFD")]
    public void GrpcMessageText_DecodeInvalid_NeverFails(string encoded, string text) =>
        Assert.Equal(text, GrpcMessageText.Decode(Encoding.ASCII.GetBytes(encoded)));
}
