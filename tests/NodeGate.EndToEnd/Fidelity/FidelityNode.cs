using NodeGate.EndToEnd.Crash;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Fidelity;

/// <summary>A real containerd with two real daemons in front of it: one as on a node, and one with the tap between it and containerd.</summary>
internal sealed class FidelityNode : IAsyncDisposable
{
    private readonly NodeGateProcess _gate;
    private readonly NodeGateProcess _tappedGate;

    private FidelityNode(ContainerdProcess containerd, ContainerdTap tap, NodeGateProcess gate, NodeGateProcess tappedGate)
    {
        Containerd = containerd;
        Tap = tap;
        _gate = gate;
        _tappedGate = tappedGate;
    }

    public ContainerdProcess Containerd { get; }

    public ContainerdTap Tap { get; }

    public static async Task<FidelityNode> StartAsync(string version, NodeRegistry registry)
    {
        var containerd = await ContainerdProcess.StartAsync(version, new ContainerdOptions { SandboxImage = await Crane.MakePauseImageAsync(registry.Host) });
        var tap = await ContainerdTap.StartAsync(containerd.SocketPath);
        var setup = new NodeGateSetup { Upstream = containerd.SocketPath, CertsDir = containerd.CertsDir, Policy = registry.Policy };
        return new FidelityNode(containerd, tap, await NodeGateProcess.StartAsync(setup), await NodeGateProcess.StartAsync(setup with { Upstream = tap.SocketPath }));
    }

    /// <summary>Through nodegate to containerd.</summary>
    public CriClient Gated(string api = "runtime.v1") => _gate.Cri(api);

    /// <summary>To containerd, without nodegate.</summary>
    public CriClient Direct(string api = "runtime.v1") => Containerd.Cri(api);

    /// <summary>Through nodegate to the tap, and from there to containerd.</summary>
    public CriClient Tapped(string api = "runtime.v1") => _tappedGate.Cri(api);

    /// <summary>Makes the call directly and through nodegate, and requires the same answer to the last byte.</summary>
    public async Task<CriReply> SameAsync(string path, ReadOnlyMemory<byte> message, params KeyValuePair<string, string>[] metadata)
    {
        using var direct = Direct();
        using var gated = Gated();
        var expected = await direct.CallAsync(path, message, metadata, CancellationToken.None);
        var actual = await gated.CallAsync(path, message, metadata, CancellationToken.None);
        AssertSame(expected, actual);
        return actual;
    }

    /// <summary>As <see cref="SameAsync"/>, for a list: containerd walks a map, so the entries of two answers of its own differ in their order.</summary>
    public async Task SameEntriesAsync(string path)
    {
        using var direct = Direct();
        using var gated = Gated();
        var expected = await direct.CallAsync(path, default);
        var actual = await gated.CallAsync(path, default);
        AssertSame(expected with { Messages = [] }, actual with { Messages = [] });
        Assert.Equal(Entries(expected), Entries(actual));
    }

    /// <summary>Makes the call at the tap and through nodegate, and returns how it arrived each time.</summary>
    public async Task<(TappedCall Direct, TappedCall Gated, CriReply DirectReply, CriReply GatedReply)> ArrivalsAsync(
        string path, ReadOnlyMemory<byte> message, params KeyValuePair<string, string>[] metadata)
    {
        using var direct = Tap.Cri();
        using var gated = Tapped();
        Tap.Clear();
        var directReply = await direct.CallAsync(path, message, metadata, CancellationToken.None);
        var gatedReply = await gated.CallAsync(path, message, metadata, CancellationToken.None);
        var calls = Tap.Calls.Where(call => call.Path == path).ToArray();
        return (calls[0], calls[1], directReply, gatedReply);
    }

    public static void AssertSame(CriReply expected, CriReply actual)
    {
        Assert.Equal(expected.HttpStatus, actual.HttpStatus);
        Assert.Equal(Sorted(expected.Headers), Sorted(actual.Headers));
        Assert.Equal(Sorted(expected.Trailers), Sorted(actual.Trailers));
        Assert.Equal(expected.IsTrailersOnly, actual.IsTrailersOnly);
        Assert.Equal(expected.Messages.Count, actual.Messages.Count);
        foreach (var (one, other) in expected.Messages.Zip(actual.Messages))
        {
            Assert.True(one.Span.SequenceEqual(other.Span), $"{Convert.ToHexString(one.Span[..Math.Min(200, one.Length)])} is not {Convert.ToHexString(other.Span[..Math.Min(200, other.Length)])}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        await _tappedGate.DisposeAsync();
        await Tap.DisposeAsync();
        await Containerd.DisposeAsync();
    }

    private static IEnumerable<string> Entries(CriReply reply) => reply.Messages
        .SelectMany(message => ProtoFields.Parse(message).All)
        .Select(field => $"{field.Number} {field.Value} {Convert.ToHexString(field.Bytes.Span)}")
        .Order(StringComparer.Ordinal);

    // The client keeps headers in a table; their order among different names has no meaning (RFC 9110, section 5.3).
    private static IEnumerable<string> Sorted(IEnumerable<KeyValuePair<string, string>> entries) =>
        entries.Select(entry => $"{entry.Key}: {entry.Value}").Order(StringComparer.Ordinal);
}
