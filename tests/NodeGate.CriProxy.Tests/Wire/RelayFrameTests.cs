using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>Both ends are written frame by frame: what the relay may not change.</summary>
public sealed class RelayFrameTests : IAsyncLifetime
{
    private readonly WirePlace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Relay_UnaryCall_HeadersDataAndTrailersUntouched()
    {
        var (client, server) = await StartCallAsync(("x-dup", "1"), ("x-dup", "2"), ("x-data-bin", "AAEC/w"), ("grpc-timeout", "119969m"), ("traceparent", "00-a-b-01"), ("unknown", ""));
        using (client)
        using (server)
        {
            client.Data(1, endStream: true, [0, 0, 0, 0, 1, 42]);
            await client.FlushAsync();
            var data = await server.ReadCallFrameAsync();
            Assert.True(data.EndStream);
            Assert.Equal([0, 0, 0, 0, 1, 42], data.Payload);

            server.Headers(1, endStream: false, (":status", "200"), ("content-type", "application/grpc"), ("x-a", "1"), ("x-a", "2"));
            server.Data(1, endStream: false, [0, 0, 0, 0, 0]);
            server.Headers(1, endStream: true, ("grpc-status", "0"), ("grpc-message", ""), ("grpc-status-details-bin", "CAUSBG5vcGU"));
            await server.FlushAsync();
            var headers = await client.ReadCallFrameAsync();
            Assert.False(headers.EndStream);
            Assert.Equal([":status: 200", "content-type: application/grpc", "x-a: 1", "x-a: 2"], client.Decode(headers));
            Assert.Equal([0, 0, 0, 0, 0], (await client.ReadCallFrameAsync()).Payload);
            var trailers = await client.ReadCallFrameAsync();
            Assert.True(trailers.EndStream);
            Assert.Equal(["grpc-status: 0", "grpc-message: ", "grpc-status-details-bin: CAUSBG5vcGU"], client.Decode(trailers));
        }
    }

    [Fact]
    public async Task Relay_TrailersOnly_OneBlockWithEndStream()
    {
        var (client, server) = await StartCallAsync();
        using (client)
        using (server)
        {
            client.Data(1, endStream: true, [0, 0, 0, 0, 0]);
            await client.FlushAsync();
            await server.ReadCallFrameAsync();
            server.Headers(1, endStream: true, (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "5"), ("grpc-message", "not%20found"));
            server.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
            await server.FlushAsync();
            var answer = await client.ReadCallFrameAsync();
            Assert.True(answer.EndStream);
            Assert.Equal([":status: 200", "content-type: application/grpc", "grpc-status: 5", "grpc-message: not%20found"], client.Decode(answer));
            client.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
            await client.FlushAsync();
            Assert.Equal(FrameType.Ping, (await NextButSettingsAsync(client)).Type); // and nothing behind it
        }
    }

    [Fact]
    public async Task Relay_EndStreamOnHeaders_StaysOnHeaders()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, endStream: true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        Assert.True((await server.ReadCallFrameAsync()).EndStream);
    }

    [Fact]
    public async Task Relay_EmptyDataWithEndStream_IsRelayedAsSuch()
    {
        var (client, server) = await StartCallAsync();
        using (client)
        using (server)
        {
            client.Data(1, endStream: false, [0, 0, 0, 0, 0]);
            client.Data(1, endStream: true, []);
            await client.FlushAsync();
            Assert.False((await server.ReadCallFrameAsync()).EndStream);
            var end = await server.ReadCallFrameAsync();
            Assert.True(end.EndStream);
            Assert.Empty(end.Payload);
        }
    }

    [Fact]
    public async Task Relay_PaddingAndPriority_AreTakenOff()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        var block = client.Block(RawPeer.Request("/t.S/M"));
        client.Frame(FrameType.Headers, FrameFlags.Padded | FrameFlags.Priority, 1, [3, 0, 0, 0, 0, 16, .. block[..4], 0, 0, 0]);
        client.Frame(FrameType.Continuation, FrameFlags.None, 1, block.AsSpan(4, 3));
        client.Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1, block.AsSpan(7));
        client.Frame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, [2, 9, 9, 0, 0]);
        client.Frame(FrameType.Priority, FrameFlags.None, 3, new byte[5]);
        client.Frame((FrameType)0x42, FrameFlags.None, 0, new byte[5]);
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        Assert.Contains(":path: /t.S/M", server.Decode(await server.ReadCallFrameAsync()));
        Assert.Equal([9, 9], (await server.ReadCallFrameAsync()).Payload);
    }

    [Theory]
    [InlineData((uint)Http2ErrorCode.Cancel)]
    [InlineData((uint)Http2ErrorCode.InternalError)]
    [InlineData(0x1234u)]
    public async Task Relay_ResetByEitherSide_CodeIsKept(uint code)
    {
        var (client, server) = await StartCallAsync();
        using (client)
        using (server)
        {
            client.Reset(1, (Http2ErrorCode)code);
            client.Headers(3, endStream: true, RawPeer.Request("/t.S/M"));
            await client.FlushAsync();
            Assert.Equal(code, (uint)(await server.ReadAsync(FrameType.ResetStream)).ErrorCode);
            Assert.Equal(3, (await server.ReadCallFrameAsync()).StreamId);
            server.Reset(3, (Http2ErrorCode)code);
            await server.FlushAsync();
            var reset = await client.ReadAsync(FrameType.ResetStream);
            Assert.Equal(code, (uint)reset.ErrorCode);
            Assert.Equal(3, reset.StreamId);
        }
    }

    [Fact]
    public async Task Relay_AnswerBeforeTheRequestEnds_AnswerFirstThenItsReset()
    {
        var (client, server) = await StartCallAsync();
        using (client)
        using (server)
        {
            server.Headers(1, endStream: true, (":status", "200"), ("grpc-status", "3"));
            server.Reset(1, Http2ErrorCode.NoError);
            await server.FlushAsync();
            Assert.True((await client.ReadCallFrameAsync()).EndStream);
            Assert.Equal(Http2ErrorCode.NoError, (await client.ReadAsync(FrameType.ResetStream)).ErrorCode);
        }
    }

    [Fact]
    public async Task Relay_UpstreamGoAway_OldStreamFinishesNewOneOnNewConnection()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, endStream: true, RawPeer.Request("/t.S/Old"));
        client.Headers(3, endStream: true, RawPeer.Request("/t.S/Unprocessed"));
        await client.FlushAsync();
        using var first = await RawPeer.AcceptAsync(upstream);
        await first.ReadCallFrameAsync();
        await first.ReadCallFrameAsync();
        first.GoAway(1);
        await first.FlushAsync();
        var refused = await client.ReadCallFrameAsync();
        Assert.Equal((3, Http2ErrorCode.RefusedStream), (refused.StreamId, refused.ErrorCode));

        client.Headers(5, endStream: true, RawPeer.Request("/t.S/New"));
        await client.FlushAsync();
        using var second = await RawPeer.AcceptAsync(upstream);
        Assert.Contains(":path: /t.S/New", second.Decode(await second.ReadCallFrameAsync()));
        first.Headers(1, endStream: true, (":status", "200"), ("grpc-status", "0"));
        await first.FlushAsync();
        var answer = await client.ReadCallFrameAsync();
        Assert.Equal((1, true), (answer.StreamId, answer.EndStream));
        Assert.Null(await DrainAsync(first)); // its last stream is over: closed from our side
    }

    [Fact]
    public async Task Relay_UpstreamLostBeforeHeaders_TrailersOnlyUnavailable()
    {
        var (client, server) = await StartCallAsync();
        using (client)
        {
            client.Data(1, endStream: true, [0, 0, 0, 0, 0]);
            await client.FlushAsync();
            await server.ReadCallFrameAsync();
            server.Dispose();
            var answer = await client.ReadCallFrameAsync();
            Assert.True(answer.EndStream);
            Assert.Contains("grpc-status: 14", client.Decode(answer));
        }
    }

    [Fact]
    public async Task Relay_UpstreamLostAfterHeaders_TrailersUnavailable()
    {
        var (client, server) = await StartCallAsync();
        using (client)
        {
            server.Headers(1, endStream: false, (":status", "200"), ("content-type", "application/grpc"));
            await server.FlushAsync();
            Assert.False((await client.ReadCallFrameAsync()).EndStream);
            server.Dispose();
            var trailers = await client.ReadCallFrameAsync();
            Assert.True(trailers.EndStream);
            var fields = client.Decode(trailers);
            Assert.Equal("grpc-status: 14", fields[0]);
            Assert.DoesNotContain(fields, field => field.StartsWith(':'));
            Assert.Equal(Http2ErrorCode.NoError, (await client.ReadAsync(FrameType.ResetStream)).ErrorCode);
        }
    }

    [Fact]
    public async Task Relay_ClientGone_UpstreamStreamIsCancelledAndClosed()
    {
        var (client, server) = await StartCallAsync();
        client.Dispose();
        using (server)
        {
            Assert.Equal(Http2ErrorCode.Cancel, (await server.ReadAsync(FrameType.ResetStream)).ErrorCode);
            Assert.Null(await DrainAsync(server));
        }
    }

    [Fact]
    public async Task Relay_SlowReceiver_SenderIsHeldToTheWindow()
    {
        using var upstream = _place.ListenUpstream();
        var limits = new NodeGate.CriProxy.Wire.WireLimits { StreamWindowBytes = 100_000, ConnectionWindowBytes = 200_000 };
        _place.Start(limits: limits);

        // The client takes 1,000 bytes a stream and never gives more: nothing else may be buffered but what the relay's own window allows.
        using var client = await RawPeer.ConnectAsync(_place.SocketPath, (Http2Setting.InitialWindowSize, 1_000));
        client.Headers(1, endStream: true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        await server.ReadCallFrameAsync();
        server.Headers(1, endStream: false, (":status", "200"));
        for (var i = 0; i < 10; i++)
        {
            server.Data(1, endStream: false, new byte[10_000]);
        }

        server.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
        await server.FlushAsync();
        var returned = 0L;
        while (await server.ReadAsync() is { } frame && frame.Type != FrameType.Ping)
        {
            returned += frame.Type == FrameType.WindowUpdate && frame.StreamId == 1 ? BitConverter.ToUInt32([.. frame.Payload.Reverse()]) : 0;
        }

        Assert.Equal(0, returned);
        await client.ReadCallFrameAsync();
        Assert.Equal(1_000, (await client.ReadCallFrameAsync()).Payload.Length);

        // One byte more than the window allows is refused on that stream alone.
        server.Data(1, endStream: false, [1]);
        await server.FlushAsync();
        Assert.Equal(Http2ErrorCode.FlowControlError, (await server.ReadAsync(FrameType.ResetStream)).ErrorCode);
    }

    [Fact]
    public async Task Relay_QueuedAnswerThenTrailers_OrderIsKept()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath, (Http2Setting.InitialWindowSize, 10));
        client.Headers(1, endStream: true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        await server.ReadCallFrameAsync();
        server.Headers(1, endStream: false, (":status", "200"));
        server.Data(1, endStream: false, Enumerable.Range(0, 200).Select(i => (byte)i).ToArray());
        server.Headers(1, endStream: true, ("grpc-status", "0"));
        await server.FlushAsync();
        await client.ReadCallFrameAsync();
        var received = new List<byte>();
        while (true)
        {
            var frame = await client.ReadCallFrameAsync();
            if (frame.Type == FrameType.Headers)
            {
                Assert.True(frame.EndStream);
                break;
            }

            received.AddRange(frame.Payload);
            client.WindowUpdate(1, 60);
            await client.FlushAsync();
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (byte)i), received);
    }

    [Fact]
    public async Task Relay_HeaderBlockOverOneFrame_IsSplitAndJoined()
    {
        var big = new string('x', 40_000);
        var (client, server) = await StartCallAsync();
        using (client)
        using (server)
        {
            server.Headers(1, endStream: false, (":status", "200"));
            var block = server.Block(("grpc-status", "2"), ("grpc-message", big));
            server.Frame(FrameType.Headers, FrameFlags.EndStream, 1, block.AsSpan(0, 16_000));
            server.Frame(FrameType.Continuation, FrameFlags.None, 1, block.AsSpan(16_000, 16_000));
            server.Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1, block.AsSpan(32_000));
            await server.FlushAsync();
            client.Decode(await client.ReadCallFrameAsync());
            var first = await client.ReadCallFrameAsync();
            Assert.True(first.EndStream);
            byte[] joined = [.. first.Payload, .. (await client.ReadCallFrameAsync()).Payload, .. (await client.ReadCallFrameAsync()).Payload];
            Assert.Equal(["grpc-status: 2", "grpc-message: " + big], client.DecodeBlock(joined));
        }
    }

    [Fact]
    public async Task Relay_AnswerHeadersOverLimit_StreamEndsAlone()
    {
        using var upstream = _place.ListenUpstream();
        _place.Start(limits: new NodeGate.CriProxy.Wire.WireLimits { ResponseHeaderListBytes = 1_000 });
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        client.Headers(3, true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        await server.ReadCallFrameAsync();
        server.Headers(1, true, [(":status", "200"), .. Enumerable.Repeat(("x-repeated", new string('x', 100)), 20)]);
        server.Headers(3, true, (":status", "200"), ("grpc-status", "0"));
        await server.FlushAsync();
        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, (await client.ReadCallFrameAsync()).ErrorCode);
        Assert.Contains("grpc-status: 0", client.Decode(await client.ReadCallFrameAsync()));
    }

    private static async Task<RawFrame?> DrainAsync(RawPeer peer)
    {
        while (await peer.ReadAsync() is { } frame)
        {
            Assert.NotEqual(FrameType.Data, frame.Type);
        }

        return null;
    }

    private static async Task<RawFrame> NextButSettingsAsync(RawPeer peer)
    {
        while (await peer.ReadAsync() is { } frame)
        {
            if (frame.Type is not (FrameType.Settings or FrameType.WindowUpdate))
            {
                return frame;
            }
        }

        throw new InvalidOperationException("the connection ended");
    }

    /// <summary>A call whose headers have reached the upstream, with an open request.</summary>
    private async Task<(RawPeer Client, RawPeer Server)> StartCallAsync(params (string Name, string Value)[] more)
    {
        var upstream = _place.ListenUpstream();
        _place.Start();
        var client = await RawPeer.ConnectAsync(_place.SocketPath);
        var request = RawPeer.Request("/t.S/M", more);
        client.Headers(1, endStream: false, request);
        await client.FlushAsync();
        var server = await RawPeer.AcceptAsync(upstream);
        var headers = await server.ReadCallFrameAsync();
        Assert.False(headers.EndStream);
        Assert.Equal(request.Select(field => $"{field.Name}: {field.Value}"), server.Decode(headers));
        return (client, server);
    }
}
