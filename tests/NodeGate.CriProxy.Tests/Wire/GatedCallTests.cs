using NodeGate.CriProxy.Wire;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.Testing.Time;

namespace NodeGate.CriProxy.Tests.Wire;

public sealed class GatedCallTests : IAsyncLifetime
{
    private static readonly byte[] EmptyMessage = [0, 0, 0, 0, 0];

    private readonly WirePlace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Gate_Ok_HeadersMessageAndTrailers()
    {
        GrpcRequest? seen = null;
        using var client = await StartAsync((request, _) =>
        {
            seen = request;
            return Task.FromResult(new GrpcReply(
                GrpcStatusCode.Ok, string.Empty, new byte[] { 7, 8 }, [new("x-initial", "1")], [new("x-data-bin", "AAEC")], TrailersOnly: false));
        });
        client.Headers(1, false, RawPeer.Request("/g.S/M", ("x-a", "1"), ("x-a", "2"), ("grpc-timeout", "120000m")));
        client.Data(1, false, [0, 0, 0]);
        client.Data(1, true, [0, 3, 1, 2, 3]);
        await client.FlushAsync();
        Assert.Equal([":status: 200", "content-type: application/grpc", "x-initial: 1"], client.Decode(await client.ReadCallFrameAsync()));
        Assert.Equal([0, 0, 0, 0, 2, 7, 8], (await client.ReadCallFrameAsync()).Payload);
        var trailers = await client.ReadCallFrameAsync();
        Assert.True(trailers.EndStream);
        Assert.Equal(["grpc-status: 0", "grpc-message: ", "x-data-bin: AAEC"], client.Decode(trailers));
        Assert.Equal("/g.S/M", seen!.Path);
        Assert.Equal([1, 2, 3], seen.Message.ToArray());
        Assert.Equal(["te", "content-type", "x-a", "x-a", "grpc-timeout"], seen.Metadata.Select(entry => entry.Name));
        Assert.NotNull(seen.Deadline);
    }

    [Fact]
    public async Task Gate_Error_IsOneTrailersOnlyBlock()
    {
        using var client = await StartAsync((_, _) => Task.FromResult(GrpcReply.Error(GrpcStatusCode.Unknown, "SignatureValidationFailed: ü\n100%")));
        await CallAsync(client, 1, EmptyMessage);
        var answer = await client.ReadCallFrameAsync();
        Assert.True(answer.EndStream);
        Assert.Equal(
            [":status: 200", "content-type: application/grpc", "grpc-status: 2", "grpc-message: SignatureValidationFailed: %C3%BC%0A100%25"], client.Decode(answer));
    }

    [Fact]
    public async Task Gate_MethodThrows_InternalWithoutItsText()
    {
        using var client = await StartAsync((_, _) => throw new InvalidOperationException("secret"));
        await CallAsync(client, 1, EmptyMessage);
        var fields = client.Decode(await client.ReadCallFrameAsync());
        Assert.Contains("grpc-status: 13", fields);
        Assert.DoesNotContain(fields, field => field.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "grpc-status: 13")] // no message
    [InlineData("00000000", "grpc-status: 13")] // cut off in the prefix
    [InlineData("000000000201", "grpc-status: 13")] // cut off in the message
    [InlineData("00000000000000000000", "grpc-status: 13")] // two messages
    [InlineData("0100000000", "grpc-status: 12")] // compressed
    [InlineData("0200000000", "grpc-status: 13")] // no such flag
    [InlineData("0001000001", "grpc-status: 8")] // 16 MiB and one byte
    public async Task Gate_BadMessage_IsAnsweredWithoutTheMethod(string hex, string status)
    {
        using var client = await StartAsync((_, _) => throw new InvalidOperationException("must not run"));
        await CallAsync(client, 1, Convert.FromHexString(hex));
        Assert.Contains(status, client.Decode(await client.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Gate_MessageOverLimit_TextIsGrpcGos()
    {
        using var client = await StartAsync((_, _) => throw new InvalidOperationException("must not run"));
        client.Headers(1, false, RawPeer.Request("/g.S/M"));
        client.Data(1, false, [0, 1, 0, 0, 1]);
        await client.FlushAsync();
        Assert.Contains("grpc-message: grpc: received message larger than max (16777217 vs. 16777216)", client.Decode(await client.ReadCallFrameAsync()));
        Assert.Equal(Http2ErrorCode.NoError, (await client.ReadCallFrameAsync()).ErrorCode);
    }

    [Fact]
    public async Task Gate_ClientCancels_TokenFires()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        using var client = await StartAsync((_, aborted) => WaitForCancelAsync(started, cancelled, aborted));
        await CallAsync(client, 1, EmptyMessage);
        await started.Task;
        client.Reset(1, Http2ErrorCode.Cancel);
        await client.FlushAsync();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Gate_ConnectionLost_TokenFires()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        using var client = await StartAsync((_, aborted) => WaitForCancelAsync(started, cancelled, aborted));
        await CallAsync(client, 1, EmptyMessage);
        await started.Task;
        client.Dispose();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Gate_DeadlinePasses_DeadlineExceededAndTokenFires()
    {
        var time = new FakeTimeProvider();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        using var client = await StartAsync(
            (_, aborted) => WaitForCancelAsync(started, cancelled, aborted),
            time: time);
        client.Headers(1, false, RawPeer.Request("/g.S/M", ("grpc-timeout", "5S")));
        client.Data(1, true, EmptyMessage);
        await client.FlushAsync();
        await started.Task;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains("grpc-status: 4", client.Decode(await client.ReadCallFrameAsync()));
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Gate_TooManyAtOnce_ResourceExhausted()
    {
        var release = new TaskCompletionSource();
        using var client = await StartAsync(
            async (_, _) =>
            {
                await release.Task;
                return GrpcReply.Error(GrpcStatusCode.NotFound, "done");
            },
            new WireLimits { GatedCallsPerConnection = 1 });
        await CallAsync(client, 1, EmptyMessage);
        client.Reset(1, Http2ErrorCode.Cancel); // does not make room: the method still runs
        await CallAsync(client, 3, EmptyMessage);
        var second = await client.ReadCallFrameAsync();
        Assert.Equal(3, second.StreamId);
        Assert.Contains("grpc-status: 8", client.Decode(second));
        release.SetResult();
    }

    [Fact]
    public async Task Gate_TooManyInAll_ResourceExhausted()
    {
        var release = new TaskCompletionSource();
        using var client = await StartAsync(
            async (_, _) =>
            {
                await release.Task;
                return GrpcReply.Error(GrpcStatusCode.NotFound, "done");
            },
            new WireLimits { GatedCalls = 1 });
        using var other = await RawPeer.ConnectAsync(_place.SocketPath);
        await CallAsync(client, 1, EmptyMessage);
        client.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
        await client.FlushAsync();
        await client.ReadAsync(FrameType.Ping);
        await CallAsync(other, 1, EmptyMessage);
        Assert.Contains("grpc-status: 8", other.Decode(await other.ReadCallFrameAsync()));
        release.SetResult();
        Assert.Contains("grpc-status: 5", client.Decode(await client.ReadCallFrameAsync()));
    }

    /// <summary>The attack: a pod for each place, each with an image from a registry that answers slowly.</summary>
    [Theory]
    [InlineData(1, 100)]
    [InlineData(100, 1)]
    public async Task Gate_TooManyLongCalls_ShortOnesStillRun(int onAConnection, int inAll)
    {
        var release = new TaskCompletionSource();
        var reply = GrpcReply.Error(GrpcStatusCode.NotFound, "done");
        var slow = new TestMethod(
            async (_, _) =>
            {
                await release.Task;
                return reply;
            },
            isLong: true);
        _place.Start(
            new TestRouter(new TestMethod((_, _) => Task.FromResult(reply)), slow),
            new WireLimits { LongGatedCallsPerConnection = onAConnection, LongGatedCalls = inAll });
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        await CallAsync(client, 1, EmptyMessage, "/l.S/M");
        await CallAsync(client, 3, EmptyMessage, "/l.S/M");
        Assert.Contains("grpc-status: 8", client.Decode(await client.ReadCallFrameAsync()));
        await CallAsync(client, 5, EmptyMessage);
        Assert.Contains("grpc-status: 5", client.Decode(await client.ReadCallFrameAsync()));

        // The place is given back with the answer.
        release.SetResult();
        Assert.Contains("grpc-status: 5", client.Decode(await client.ReadCallFrameAsync()));
        await CallAsync(client, 7, EmptyMessage, "/l.S/M");
        Assert.Contains("grpc-status: 5", client.Decode(await client.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Gate_TooManyBytesInAll_ResourceExhausted()
    {
        using var client = await StartAsync((_, _) => throw new InvalidOperationException("must not run"), new WireLimits { GatedBytes = 10 });
        await CallAsync(client, 1, [0, 0, 0, 0, 20, .. new byte[20]]);
        Assert.Contains("grpc-status: 8", client.Decode(await client.ReadCallFrameAsync()));
    }

    [Theory]
    [InlineData(":method", "GET", ":status: 405")]
    [InlineData("content-type", "text/plain", ":status: 415")]
    [InlineData("content-type", "application/grpcx", ":status: 415")]
    public async Task Gate_NotGrpc_HttpStatus(string name, string value, string expected)
    {
        using var client = await StartAsync((_, _) => throw new InvalidOperationException("must not run"));
        client.Headers(1, true, [.. RawPeer.Request("/g.S/M").Select(field => field.Name == name ? (name, value) : field)]);
        await client.FlushAsync();
        Assert.Contains(expected, client.Decode(await client.ReadCallFrameAsync()));
    }

    [Fact]
    public async Task Refuse_UnknownService_UnimplementedAndBodyDiscarded()
    {
        using var client = await StartAsync((_, _) => throw new InvalidOperationException("must not run"));
        client.Headers(1, false, RawPeer.Request("/containerd.services.images.v1.Images/Delete"));
        client.Data(1, false, new byte[16_000]);
        client.Data(1, true, new byte[16_000]);
        client.Headers(3, true, RawPeer.Request("/grpc.health.v1.Health/Check"));
        await client.FlushAsync();
        var answer = await client.ReadCallFrameAsync();
        Assert.True(answer.EndStream);
        Assert.Equal(
            [":status: 200", "content-type: application/grpc", "grpc-status: 12", "grpc-message: unknown service containerd.services.images.v1.Images"],
            client.Decode(answer));
        Assert.Equal(Http2ErrorCode.NoError, (await client.ReadCallFrameAsync()).ErrorCode);
        Assert.Equal(3, (await client.ReadCallFrameAsync()).StreamId);
    }

    [Fact]
    public async Task Gate_LargeMessageBothWays_Arrives()
    {
        var large = new byte[WireLimits.Default.MessageBytes];
        new Random(1).NextBytes(large);
        using var place = await StartAsync((request, _) =>
            Task.FromResult(new GrpcReply(GrpcStatusCode.Ok, null, request.Message.ToArray(), [], [], TrailersOnly: false)));
        using var http = WireHttp.Client(_place.SocketPath);
        var answer = await WireHttp.CallAsync(http, "/g.S/M", large);
        Assert.Equal(large, answer.Message);
        Assert.Equal("0", answer.Trailer("grpc-status"));
    }

    private static async Task<GrpcReply> WaitForCancelAsync(TaskCompletionSource started, TaskCompletionSource cancelled, CancellationToken aborted)
    {
        started.SetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, aborted);
        }
        finally
        {
            cancelled.SetResult();
        }

        throw new InvalidOperationException("was not cancelled");
    }

    private static async Task CallAsync(RawPeer client, int streamId, byte[] body, string path = "/g.S/M")
    {
        client.Headers(streamId, false, RawPeer.Request(path));
        client.Data(streamId, true, body);
        await client.FlushAsync();
    }

    private async Task<RawPeer> StartAsync(
        Func<GrpcRequest, CancellationToken, Task<GrpcReply>> handle, WireLimits? limits = null, TimeProvider? time = null)
    {
        _place.Start(new TestRouter(new TestMethod(handle)), limits, time);
        return await RawPeer.ConnectAsync(_place.SocketPath);
    }
}
