using System.Numerics;
using System.Text;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tests;

public sealed class StrictEncodingTests
{
    private static readonly BigInteger Order = 0x40;

    [Theory]
    [InlineData("", "")]
    [InlineData("AQI=", "0102")]
    [InlineData("+/8=", "fbff")]
    public void TryDecode_CanonicalBase64_Decodes(string text, string hex)
    {
        Assert.True(StrictBase64.TryDecode(text, out var bytes));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData("AQJ=")] // left-over bits
    [InlineData("AQI= ")]
    [InlineData("AQ I=")]
    [InlineData("AQI=\n")]
    [InlineData("    ")]
    [InlineData("-_8=")] // URL alphabet
    [InlineData("AQI")] // no padding
    [InlineData("AQI==")]
    [InlineData("AQ=I")]
    [InlineData("====")]
    [InlineData("AQI=AQI=")]
    [InlineData("АQI=")] // a Cyrillic letter
    public void TryDecode_AnotherSpelling_Refused(string text) => Assert.False(StrictBase64.TryDecode(text, out _));

    [Theory]
    [InlineData("3006020101020101", true)]
    [InlineData("300602013f02013f", true)]
    [InlineData("300602010102013f00", false)] // trailing byte after the sequence
    [InlineData("3007020101020101" + "00", false)] // trailing byte in the sequence
    [InlineData("3006020101020100", false)] // zero
    [InlineData("3006020100020101", false)]
    [InlineData("30060201ff020101", false)] // negative
    [InlineData("300602010102ff01", false)]
    [InlineData("3006020101020140", false)] // the order
    [InlineData("3006020140020101", false)]
    [InlineData("300702020001020101", false)] // not minimal
    [InlineData("308106020101020101", false)] // long form of a short length
    [InlineData("3080020101020101" + "0000", false)] // BER indefinite length
    [InlineData("3006020101040101", false)] // not an INTEGER
    [InlineData("", false)]
    [InlineData("30", false)]
    public void IsEcdsaSignature_OnlyTheOneEncoding(string hex, bool expected) =>
        Assert.Equal(expected, StrictDer.IsEcdsaSignature(Convert.FromHexString(hex), Order));

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"b\":{\"a\":1,\"a\":1}}")]
    public void Parse_DuplicateName_Refused(string json) => AssertRefused(Encoding.UTF8.GetBytes(json), "duplicate name");

    [Fact]
    public void Parse_InvalidUtf8_Refused() => AssertRefused([.. "{\"a\":\""u8, 0xc3, 0x28, .. "\"}"u8], "UTF-8");

    [Theory]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    public void Parse_LoneSurrogate_Refused(string json) => AssertRefused(Encoding.UTF8.GetBytes(json), "half a character");

    [Theory]
    [InlineData("")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{/**/}")]
    [InlineData("\ufeff{}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    public void Parse_WhatIsNotJson_Refused(string json) => AssertRefused(Encoding.UTF8.GetBytes(json), "not strict JSON");

    [Fact]
    public void Text_LongAndHostile_IsShortenedAndEscaped()
    {
        var shown = Shown.Text("a\n\u202e\u001b" + new string('x', 500));

        Assert.StartsWith("'a\\u000a\\u202e\\u001bxxx", shown, StringComparison.Ordinal);
        Assert.EndsWith("…'", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 100, 130);
    }

    private static void AssertRefused(byte[] json, string expected) =>
        Assert.Contains(expected, Assert.Throws<EvidenceFormatException>(() => StrictJson.Parse(json)).Message, StringComparison.Ordinal);
}
