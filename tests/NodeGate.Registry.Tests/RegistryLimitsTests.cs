using System.Collections.Immutable;
using NodeGate.Registry.Http;
using NodeGate.Testing.Time;

namespace NodeGate.Registry.Tests;

/// <summary>The limits that are no answer of a registry; the others are proven where they are met.</summary>
public sealed class RegistryLimitsTests
{
    [Fact]
    public void Set_BeyondTheCapacity_ForgetsWhatEndsFirst()
    {
        var cache = new ExpiringCache<int>(RegistryLimits.MaxCachedTokens, new FakeTimeProvider());
        for (var i = 0; i <= RegistryLimits.MaxCachedTokens; i++)
        {
            cache.Set("key" + i, i, TimeSpan.FromSeconds(1 + i));
        }

        Assert.False(cache.TryGet("key0", out _));
        Assert.True(cache.TryGet("key1", out _));
        Assert.True(cache.TryGet("key" + RegistryLimits.MaxCachedTokens, out _));
    }

    [Fact]
    public void TryGet_AfterItsTime_FindsNothing()
    {
        var time = new FakeTimeProvider();
        var cache = new ExpiringCache<int>(2, time);
        cache.Set("a", 1, TimeSpan.FromSeconds(10));

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.False(cache.TryGet("a", out _));
    }

    [Fact]
    public void Get_BeyondTheLimitOfPools_DropsTheOldest()
    {
        using var pools = new ConnectionPools();
        var first = pools.Get(Setup(0));
        Assert.Same(first, pools.Get(Setup(0)));

        for (var i = 1; i <= RegistryLimits.MaxConnectionPools; i++)
        {
            pools.Get(Setup(i));
        }

        Assert.NotSame(first, pools.Get(Setup(0)));
    }

    [Fact]
    public void RegistryTimings_Defaults_AreTheLimits()
    {
        var timings = new RegistryTimings();

        Assert.Equal(
            (RegistryLimits.HeaderTimeout, RegistryLimits.BodyIdleTimeout, RegistryLimits.MaxRetryAfter),
            (timings.Header, timings.BodyIdle, timings.RetryAfterMax));
    }

    [Fact]
    public void CertsDir_Unset_IsContainerdsDefault() => Assert.Null(new RegistryOptions().CertsDir);

    private static TlsSetup Setup(int number) =>
        new(number.ToString(), ImmutableArray<System.Security.Cryptography.X509Certificates.X509Certificate2>.Empty, [], false, RegistryLimits.ConnectTimeout);
}
