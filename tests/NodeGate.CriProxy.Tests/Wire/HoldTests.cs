using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Wire;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.Testing.Time;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>What happens to calls while containerd cannot be reached, and to NodeGate's own calls.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private readonly WirePlace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory]
    [InlineData("2M", 30)]
    [InlineData("5S", 5)]
    public async Task Held_UntilTheDeadlineOrThirtySeconds_UnavailableNamesTheSocket(string timeout, int seconds)
    {
        var time = new FakeTimeProvider();
        _place.Start(time: time);
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M", ("grpc-timeout", timeout)));
        client.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
        await client.FlushAsync();
        await client.ReadAsync(FrameType.Ping);
        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        client.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
        await client.FlushAsync();
        Assert.Equal(FrameType.Ping, (await NextAsync(client)).Type);
        time.Advance(TimeSpan.FromSeconds(2));
        var fields = client.Decode(await client.ReadCallFrameAsync());
        Assert.Contains("grpc-status: 14", fields);
        Assert.Contains(fields, field => field.Contains(_place.UpstreamPath, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Held_TooMany_UnavailableAtOnce()
    {
        _place.Start(limits: new WireLimits { HeldCalls = 1 });
        await ExpectSecondUnavailableAsync([]);
    }

    [Fact]
    public async Task Held_TooManyHeaderBytes_UnavailableAtOnce()
    {
        _place.Start(limits: new WireLimits { HeldHeaderBytes = 1_000 });
        await ExpectSecondUnavailableAsync([("x-long", new string('x', 800))]);
    }

    [Fact]
    public async Task Held_CancelledByClient_IsNeverSent()
    {
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, false, RawPeer.Request("/t.S/Cancelled"));
        client.Data(1, false, new byte[1_000]);
        client.Reset(1, Http2ErrorCode.Cancel);
        client.Headers(3, false, RawPeer.Request("/t.S/Kept"));
        client.Data(3, true, [0, 0, 0, 0, 0]);
        await client.FlushAsync();
        using var upstream = _place.ListenUpstream();
        using var server = await RawPeer.AcceptAsync(upstream);
        var first = await server.ReadCallFrameAsync();
        Assert.False(first.EndStream);
        Assert.Contains(":path: /t.S/Kept", server.Decode(first));
        Assert.True((await server.ReadCallFrameAsync()).EndStream);
    }

    [Fact]
    public async Task Held_UpstreamAcceptsAndCloses_IsTriedAgain()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        (await upstream.AcceptAsync()).Dispose();
        using var server = await RawPeer.AcceptAsync(upstream);
        Assert.Contains(":path: /t.S/M", server.Decode(await server.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Held_UpstreamSendsNoSettings_IsDroppedAndTriedAgain()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start(limits: new WireLimits { UpstreamSettingsTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var silent = await upstream.AcceptAsync();
        var received = new byte[4096];
        while (await silent.ReceiveAsync(received) > 0)
        {
            // Our preface and SETTINGS, then the end.
        }

        using var next = await upstream.AcceptAsync();
        Assert.NotEqual(0, await next.ReceiveAsync(received));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(14)]
    public async Task Held_UpstreamWasAwayAndIsNotInitializedYet_WaitsUntilItIs(int status)
    {
        using var client = await HoldOneAsync(CriReadiness.Probe);
        using var upstream = _place.ListenUpstream();
        using (var early = await RawPeer.AcceptAsync(upstream))
        {
            Assert.Contains(":path: /runtime.v1.RuntimeService/Status", early.Decode(await early.ReadCallFrameAsync()));
            await early.ReadCallFrameAsync();
            early.Headers(1, true, (":status", "200"), ("grpc-status", $"{status}"), ("grpc-message", "server is not initialized yet"));
            await early.FlushAsync();
            while (await early.ReadAsync() is { } frame)
            {
                Assert.NotEqual(FrameType.Headers, frame.Type);
            }
        }

        using var ready = await RawPeer.AcceptAsync(upstream);
        Assert.Contains(":path: /runtime.v1.RuntimeService/Status", ready.Decode(await ready.ReadCallFrameAsync()));
        await ready.ReadCallFrameAsync();
        ready.Headers(1, true, (":status", "200"), ("grpc-status", "12"), ("grpc-message", "any other answer"));
        await ready.FlushAsync();
        Assert.Contains(":path: /t.S/M", ready.Decode(await ready.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Held_ProbeIsNotAnswered_CallsAreSentAllTheSame()
    {
        using var client = await HoldOneAsync(CriReadiness.Probe, new WireLimits { UpstreamSettingsTimeout = TimeSpan.FromMilliseconds(200) });
        using var upstream = _place.ListenUpstream();
        using var silent = await RawPeer.AcceptAsync(upstream);
        Assert.Contains(":path: /runtime.v1.RuntimeService/Status", silent.Decode(await silent.ReadCallFrameAsync()));
        await silent.ReadCallFrameAsync();
        Assert.Contains(":path: /t.S/M", silent.Decode(await silent.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Held_UpstreamWasThereAllTheTime_IsNotProbed()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start(probe: CriReadiness.Probe);
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        Assert.Contains(":path: /t.S/M", server.Decode(await server.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Held_UpstreamConcurrencyLimit_SecondCallWaitsForTheFirst()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/First"));
        client.Headers(3, true, RawPeer.Request("/t.S/Second"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream, (Http2Setting.MaxConcurrentStreams, 1));
        server.Decode(await server.ReadCallFrameAsync());
        server.Headers(1, true, (":status", "200"), ("grpc-status", "0"));
        await server.FlushAsync();
        Assert.Contains(":path: /t.S/Second", server.Decode(await server.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Channel_Cancelled_UpstreamStreamIsReset()
    {
        using var upstream = _place.ListenUpstream();
        await using var channel = Channel(TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        var call = channel.CallAsync(new GrpcRequest("/t.S/M", [new("containerd-namespace", "k8s.io")], default, null), cancel.Token);
        using var server = await RawPeer.AcceptAsync(upstream);
        Assert.Contains("containerd-namespace: k8s.io", server.Decode(await server.ReadCallFrameAsync()));
        await cancel.CancelAsync();
        Assert.Equal(Http2ErrorCode.Cancel, (await server.ReadAsync(FrameType.ResetStream)).ErrorCode);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Channel_ConnectionLostAfterSending_UnavailableAndNextCallReconnects()
    {
        using var upstream = _place.ListenUpstream();
        await using var channel = Channel(TimeProvider.System);
        var lost = channel.CallAsync(new GrpcRequest("/t.S/M", [], default, null), CancellationToken.None);
        var server = await RawPeer.AcceptAsync(upstream);
        await server.ReadCallFrameAsync();
        server.Dispose();
        Assert.Equal(GrpcStatusCode.Unavailable, (await lost).Status);

        var next = channel.CallAsync(new GrpcRequest("/t.S/M", [], default, null), CancellationToken.None);
        using var second = await RawPeer.AcceptAsync(upstream);
        await second.ReadCallFrameAsync();
        second.Headers(1, false, (":status", "200"), ("content-type", "application/grpc"));
        second.Data(1, false, [0, 0, 0, 0, 1, 5]);
        second.Headers(1, true, ("grpc-status", "0"));
        await second.FlushAsync();
        Assert.Equal([5], (await next).Message!.Value.ToArray());
    }

    [Fact]
    public async Task Channel_UpstreamAbsent_UnavailableAfterTheHold()
    {
        var time = new FakeTimeProvider();
        await using var channel = Channel(time);
        var call = channel.CallAsync(new GrpcRequest("/t.S/M", [], default, null), CancellationToken.None);
        time.Advance(WireLimits.Default.HoldTime + TimeSpan.FromSeconds(1));
        Assert.Equal(GrpcStatusCode.Unavailable, (await call).Status);
    }

    [Fact]
    public async Task Channel_MessageOverLimit_ResourceExhausted()
    {
        using var upstream = _place.ListenUpstream();
        await using var channel = Channel(TimeProvider.System);
        var call = channel.CallAsync(new GrpcRequest("/t.S/M", [], default, null), CancellationToken.None);
        using var server = await RawPeer.AcceptAsync(upstream);
        await server.ReadCallFrameAsync();
        server.Headers(1, false, (":status", "200"));
        server.Data(1, false, [0, 1, 0, 0, 1]);
        await server.FlushAsync();
        var reply = await call;
        Assert.Equal((GrpcStatusCode.ResourceExhausted, "grpc: received message larger than max (16777217 vs. 16777216)"), (reply.Status, reply.StatusMessage));
        Assert.Equal(Http2ErrorCode.Cancel, (await server.ReadAsync(FrameType.ResetStream)).ErrorCode);
    }

    private static async Task<RawFrame> NextAsync(RawPeer peer)
    {
        while (await peer.ReadAsync() is { } frame)
        {
            if (frame.Type is FrameType.Headers or FrameType.Ping)
            {
                return frame;
            }
        }

        throw new InvalidOperationException("the connection ended");
    }

    // The answer to the impatient call says that connecting has failed and the other call is held.
    private async Task<RawPeer> HoldOneAsync(UpstreamProbe probe, WireLimits? limits = null)
    {
        _place.Start(limits: limits, probe: probe);
        var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M", ("grpc-timeout", "20S")));
        client.Headers(3, true, RawPeer.Request("/t.S/Impatient", ("grpc-timeout", "200m")));
        await client.FlushAsync();
        Assert.Contains("grpc-status: 14", client.Decode(await client.ReadCallFrameAsync()));
        return client;
    }

    private UpstreamChannel Channel(TimeProvider time) => new(_place.UpstreamPath, null, WireLimits.Default, time, NullLogger.Instance);

    private async Task ExpectSecondUnavailableAsync((string Name, string Value)[] more)
    {
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        client.Headers(3, true, RawPeer.Request("/t.S/M", more));
        await client.FlushAsync();
        var answer = await client.ReadCallFrameAsync();
        Assert.Equal(3, answer.StreamId);
        Assert.Contains("grpc-status: 14", client.Decode(answer));
    }
}
