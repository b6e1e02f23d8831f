using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1500)]
    [InlineData(".5s", 500)]
    [InlineData("1h0m0.25s", 3_600_250)]
    [InlineData("2000us", 2)]
    [InlineData("2000µs", 2)]
    [InlineData("3000000ns", 3)]
    [InlineData("24h", 86_400_000)]
    public void TryParse_Duration_IsItsTime(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("10 s")]
    [InlineData("-10s")]
    [InlineData("+10s")]
    [InlineData("0s")]
    [InlineData("1ns")]
    [InlineData("1.2.3s")]
    [InlineData(".s")]
    [InlineData("10S")]
    [InlineData("10d")]
    [InlineData("1e3s")]
    [InlineData("24h1ms")]
    [InlineData("99999999999999999999999h")]
    [InlineData("0.000000000000000000000000000000001s")]
    [InlineData("10s10s10s10s10s10s10s10s10s10s10s10s10s")]
    public void TryParse_Garbage_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
