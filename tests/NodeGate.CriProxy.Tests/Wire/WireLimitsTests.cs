using System.Net.Sockets;
using NodeGate.CriProxy.Wire;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>Each rule and each limit that ends a connection or a stream, with its code.</summary>
public sealed class WireLimitsTests : IAsyncLifetime
{
    private readonly WirePlace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public Task DataOnIdleStream_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer => peer.Data(1, false, [1]));

    [Fact]
    public Task EvenStream_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer => peer.Headers(2, true, RawPeer.Request("/t.S/M")));

    [Fact]
    public Task HeadersOnStreamZero_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer => peer.Headers(0, true, RawPeer.Request("/t.S/M")));

    [Fact]
    public Task PushPromise_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer => peer.Frame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, new byte[4]));

    [Fact]
    public Task LoneContinuation_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer => peer.Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1, []));

    [Fact]
    public Task InterruptedBlock_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer =>
    {
        peer.Frame(FrameType.Headers, FrameFlags.None, 1, [0x83]);
        peer.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
    });

    [Fact]
    public Task PaddingLongerThanFrame_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer => peer.Frame(FrameType.Headers, FrameFlags.Padded | FrameFlags.EndHeaders, 1, [5, 0x83]));

    [Fact]
    public Task FrameOverLimit_FrameSizeError() => ExpectGoAwayAsync(Http2ErrorCode.FrameSizeError, peer => peer.Frame((FrameType)0x42, FrameFlags.None, 0, new byte[WireLimits.Default.FrameBytes + 1]));

    [Fact]
    public Task PingOfSevenBytes_FrameSizeError() => ExpectGoAwayAsync(Http2ErrorCode.FrameSizeError, peer => peer.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[7]));

    [Fact]
    public Task SettingsOfSevenBytes_FrameSizeError() => ExpectGoAwayAsync(Http2ErrorCode.FrameSizeError, peer => peer.Frame(FrameType.Settings, FrameFlags.None, 0, new byte[7]));

    [Fact]
    public Task BadCompression_CompressionError() => ExpectGoAwayAsync(Http2ErrorCode.CompressionError, peer => peer.Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, [0xFF, 0xFF]));

    [Fact]
    public Task ConnectionWindowOverflow_FlowControlError() => ExpectGoAwayAsync(Http2ErrorCode.FlowControlError, peer =>
    {
        peer.WindowUpdate(0, int.MaxValue);
        peer.WindowUpdate(0, int.MaxValue);
    });

    [Fact]
    public Task ConnectionWindowUpdateOfZero_ProtocolError() => ExpectGoAwayAsync(Http2ErrorCode.ProtocolError, peer => peer.WindowUpdate(0, 0));

    [Fact]
    public Task InitialWindowOverLimit_FlowControlError() => ExpectGoAwayAsync(Http2ErrorCode.FlowControlError, peer => peer.Settings((Http2Setting.InitialWindowSize, 0x8000_0000)));

    [Fact]
    public Task ConnectionWindowExceeded_FlowControlError() => ExpectGoAwayAsync(
        Http2ErrorCode.FlowControlError,
        peer =>
        {
            for (var i = 0; i < 5; i++)
            {
                peer.Headers((2 * i) + 1, false, RawPeer.Request("/t.S/M"));
                peer.Data((2 * i) + 1, false, new byte[15_000]);
            }
        },
        new WireLimits { ConnectionWindowBytes = 65_535 });

    [Fact]
    public Task ContinuationFlood_EnhanceYourCalm() => ExpectGoAwayAsync(Http2ErrorCode.EnhanceYourCalm, peer =>
    {
        peer.Frame(FrameType.Headers, FrameFlags.None, 1, [0x83]);
        for (var i = 0; i <= WireLimits.Default.ContinuationFrames; i++)
        {
            peer.Frame(FrameType.Continuation, FrameFlags.None, 1, []);
        }
    });

    [Fact]
    public Task HeaderBlockOverLimit_EnhanceYourCalm() => ExpectGoAwayAsync(Http2ErrorCode.EnhanceYourCalm, peer =>
    {
        peer.Frame(FrameType.Headers, FrameFlags.None, 1, new byte[16_000]);
        for (var i = 0; i < 4; i++)
        {
            peer.Frame(FrameType.Continuation, FrameFlags.None, 1, new byte[16_000]);
        }
    });

    [Fact]
    public Task SettingsFlood_EnhanceYourCalm() => ExpectGoAwayAsync(Http2ErrorCode.EnhanceYourCalm, peer => Repeat(WireLimits.Default.SettingsPerInterval, () => peer.Settings()));

    [Fact]
    public Task PingFlood_EnhanceYourCalm() => ExpectGoAwayAsync(
        Http2ErrorCode.EnhanceYourCalm, peer => Repeat(101, () => peer.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8])), new WireLimits { PingsPerInterval = 100 });

    [Fact]
    public Task PriorityFlood_EnhanceYourCalm() => ExpectGoAwayAsync(
        Http2ErrorCode.EnhanceYourCalm, peer => Repeat(101, () => peer.Frame(FrameType.Priority, FrameFlags.None, 1, new byte[5])), new WireLimits { PingsPerInterval = 100 });

    [Fact]
    public Task EmptyDataFlood_EnhanceYourCalm() => ExpectGoAwayAsync(Http2ErrorCode.EnhanceYourCalm, peer =>
    {
        peer.Headers(1, false, RawPeer.Request("/t.S/M"));
        Repeat(WireLimits.Default.EmptyFramesPerInterval + 1, () => peer.Data(1, false, []));
    });

    [Fact]
    public Task RapidReset_EnhanceYourCalm() => ExpectGoAwayAsync(Http2ErrorCode.EnhanceYourCalm, peer =>
    {
        for (var i = 0; i <= WireLimits.Default.ResetsPerInterval; i++)
        {
            peer.Headers((2 * i) + 1, false, RawPeer.Request("/t.S/M"));
            peer.Reset((2 * i) + 1, Http2ErrorCode.Cancel);
        }
    });

    [Fact]
    public Task AnswersNotRead_EnhanceYourCalm() => ExpectGoAwayAsync(
        Http2ErrorCode.EnhanceYourCalm, peer => Repeat(2_000, () => peer.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8])), new WireLimits { OutputBytes = 10_000 });

    [Fact]
    public async Task NoPreface_GoAway()
    {
        _place.Start();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_place.SocketPath));
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        var received = new byte[4096];
        var text = string.Empty;
        for (int n; (n = await socket.ReceiveAsync(received)) > 0;)
        {
            text += System.Text.Encoding.ASCII.GetString(received, 0, n);
        }

        Assert.Contains("prior knowledge", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoPrefaceInTime_IsClosed()
    {
        var time = new Testing.Time.FakeTimeProvider();
        var listener = _place.Start(time: time);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_place.SocketPath));
        var received = new byte[4096];
        Assert.NotEqual(0, await socket.ReceiveAsync(received)); // our SETTINGS: it was accepted
        await time.UntilTimersAsync(1);
        time.Advance(WireLimits.Default.HandshakeTimeout);
        Assert.Equal(0, await socket.ReceiveAsync(received));
        Assert.Equal(0, listener.ConnectionCount);
    }

    [Fact]
    public async Task TooManyConnections_OneMoreIsClosed()
    {
        _place.Start(limits: new WireLimits { Connections = 1 });
        using var first = await RawPeer.ConnectAsync(_place.SocketPath);
        await first.ReadAsync(FrameType.Settings);
        using var second = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await second.ConnectAsync(new UnixDomainSocketEndPoint(_place.SocketPath));
        Assert.Equal(0, await second.ReceiveAsync(new byte[100]));
    }

    [Fact]
    public async Task TooManyStreams_RefusedStream()
    {
        _place.Start(limits: new WireLimits { ConcurrentStreams = 2 });
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, false, RawPeer.Request("/t.S/M"));
        client.Headers(3, false, RawPeer.Request("/t.S/M"));
        client.Headers(5, false, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        var reset = await client.ReadCallFrameAsync();
        Assert.Equal((5, Http2ErrorCode.RefusedStream), (reset.StreamId, reset.ErrorCode));
    }

    [Fact]
    public async Task HeaderListOverLimit_ResourceExhausted()
    {
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        var block = client.Block([.. RawPeer.Request("/t.S/M"), .. Enumerable.Repeat(("x-repeated", new string('x', 900)), 100)]);
        client.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, block);
        await client.FlushAsync();
        Assert.Contains("grpc-status: 8", client.Decode(await client.ReadCallFrameAsync()));
    }

    [Theory]
    [InlineData("connection", "close")]
    [InlineData("te", "gzip")]
    [InlineData(":late", "pseudo")]
    [InlineData("Upper", "case")]
    [InlineData("x-value", "a\nb")]
    [InlineData(":path", "/t.S/Second")]
    public async Task MalformedRequest_StreamProtocolError(string name, string value)
    {
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M", (name, value)));
        await client.FlushAsync();
        Assert.Equal(Http2ErrorCode.ProtocolError, (await client.ReadCallFrameAsync()).ErrorCode);
    }

    [Fact]
    public async Task StreamWindowOverflow_StreamFlowControlError()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, false, RawPeer.Request("/t.S/M"));
        client.WindowUpdate(1, int.MaxValue);
        await client.FlushAsync();
        Assert.Equal(Http2ErrorCode.FlowControlError, (await client.ReadCallFrameAsync()).ErrorCode);
    }

    [Fact]
    public async Task DataAfterEndStream_StreamClosed()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        client.Data(1, true, [1]);
        await client.FlushAsync();
        Assert.Equal(Http2ErrorCode.StreamClosed, (await client.ReadCallFrameAsync()).ErrorCode);
    }

    [Fact]
    public void RateWindow_AfterTheInterval_CountsAnew()
    {
        var time = new Testing.Time.FakeTimeProvider();
        var window = default(RateWindow);
        Assert.False(window.IsExceeded(2, TimeSpan.FromSeconds(1), time));
        Assert.False(window.IsExceeded(2, TimeSpan.FromSeconds(1), time));
        Assert.True(window.IsExceeded(2, TimeSpan.FromSeconds(1), time));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(window.IsExceeded(2, TimeSpan.FromSeconds(1), time));
    }

    private static void Repeat(int count, Action action)
    {
        for (var i = 0; i < count; i++)
        {
            action();
        }
    }

    private async Task ExpectGoAwayAsync(Http2ErrorCode code, Action<RawPeer> write, WireLimits? limits = null)
    {
        using var upstream = _place.ListenUpstream();
        var listener = _place.Start(limits: limits);
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        write(client);
        await client.FlushAsync();
        Assert.Equal(code, (await client.ReadAsync(FrameType.GoAway)).ErrorCode);
        Assert.Null(await client.ReadAsync());
        Assert.Equal(0, listener.ConnectionCount);
    }
}
