namespace NodeGate.Policy.Tests;

public sealed class WholeNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("007", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_Digits_AreRead(string text, long expected)
    {
        Assert.True(WholeNumber.TryParse(text, out var number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7\0")]
    [InlineData("7\0\0")]
    [InlineData("\0")]
    [InlineData(" 7")]
    [InlineData("+7")]
    [InlineData("-7")]
    [InlineData("7.0")]
    [InlineData("\u0667")]
    [InlineData("9223372036854775808")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(WholeNumber.TryParse(text, out _));
}
