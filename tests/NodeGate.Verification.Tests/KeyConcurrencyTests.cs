using System.Security.Cryptography;
using NodeGate.Testing.Signing;
using NodeGate.Verification.Keys;

namespace NodeGate.Verification.Tests;

/// <summary>A key verifies for many at once, with one native instance kept between calls.</summary>
public sealed class KeyConcurrencyTests
{
    private const int Calls = 300;

    [Fact]
    public void Verifies_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        foreach (var signing in (ReadOnlySpan<SigningKey>)
        [
            SigningKey.Create(),
            SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
            SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1),
            SigningKey.Ed25519(),
        ])
        {
            Assert.True(PublicKey.TryParse(signing.PublicDer, out var key, out _));
            var messages = Enumerable.Range(0, 8).Select(i => new[] { (byte)i }).ToArray();
            var signatures = messages.Select(m => signing.Sign(m)).ToArray();

            Parallel.For(0, Calls, i =>
            {
                var (message, signature) = (messages[i % 8], signatures[i / 8 % 8]);
                Assert.Equal(i % 8 == i / 8 % 8, key.Verifies(message, signature));
            });
        }
    }

    [Fact]
    public void TakeReturn_OneAfterTheOther_UsesOneInstance()
    {
        var made = 0;
        var idle = new IdleInstance<MemoryStream>(Make, Make());

        for (var i = 0; i < 10; i++)
        {
            idle.Return(idle.Take());
        }

        Assert.Equal(1, made);

        MemoryStream Make()
        {
            made++;
            return new MemoryStream();
        }
    }

    [Fact]
    public void TakeReturn_TwoAtOnce_AreTwoAndOneIsKept()
    {
        var idle = new IdleInstance<MemoryStream>(() => new MemoryStream(), new MemoryStream());
        var first = idle.Take();
        var second = idle.Take();
        idle.Return(first);
        idle.Return(second);

        Assert.NotSame(first, second);
        Assert.False(first.CanRead);
        Assert.Same(second, idle.Take());
        Assert.True(second.CanRead);
    }
}
