using NodeGate.Host.Configuration;

namespace NodeGate.Host.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("24h", 86400)]
    [InlineData("1h30m", 5400)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5h", 5400)]
    [InlineData("2d", 172800)]
    public void TryParseDuration_GoAndKubernetesForms_AreRead(string text, double seconds)
    {
        Assert.True(Quantity.TryParseDuration(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-30s")]
    [InlineData("0s")]
    [InlineData("30 s")]
    [InlineData("30x")]
    [InlineData("1.2.3s")]
    [InlineData("99999999h")]
    [InlineData("30\0s")]
    [InlineData("30s\0")]
    public void TryParseDuration_AnythingElse_IsRefused(string text) => Assert.False(Quantity.TryParseDuration(text, out _));

    [Theory]
    [InlineData("100MiB", 104857600)]
    [InlineData("100Mi", 104857600)]
    [InlineData("4096", 4096)]
    [InlineData("2G", 2000000000)]
    [InlineData("1KB", 1000)]
    public void TryParseSize_BinaryAndDecimalUnits_AreRead(string text, long bytes)
    {
        Assert.True(Quantity.TryParseSize(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("100 MiB")]
    [InlineData("100\0")]
    [InlineData("100\0MiB")]
    [InlineData("99999999999999999GiB")]
    public void TryParseSize_AnythingElse_IsRefused(string text) => Assert.False(Quantity.TryParseSize(text, out _));
}
