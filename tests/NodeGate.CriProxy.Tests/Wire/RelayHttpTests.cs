using System.Net;
using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>The relay between two real implementations of HTTP/2: SocketsHttpHandler and Kestrel.</summary>
public sealed class RelayHttpTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly WirePlace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Echo_Unary_HeadersAndTrailersArrive()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        var answer = await WireHttp.CallAsync(client, "/t.S/Echo", [1, 2, 3], ("grpc-timeout", "119969m"), ("x-dup", "a"), ("x-dup", "b"));
        Assert.Equal([1, 2, 3], answer.Message!);
        Assert.Equal("0", answer.Trailer("grpc-status"));
        Assert.Equal("AAEC/w", answer.Trailer("x-data-bin"));
        Assert.Equal("119969m", answer.Trailer("x-seen-timeout"));
    }

    [Fact]
    public async Task Echo_SixteenMebibytesFourAtOnce_BothWays()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        var message = new byte[16 * 1024 * 1024];
        new Random(1).NextBytes(message);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => WireHttp.CallAsync(client, "/t.S/Echo", message)));
        Assert.All(answers, answer => Assert.True(message.AsSpan().SequenceEqual(answer.Message)));
    }

    [Fact]
    public async Task Echo_ManyCalls_AllAnswered()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => WireHttp.CallAsync(client, "/t.S/Echo", BitConverter.GetBytes(i), ("x-call", $"{i}"))));
            Assert.Equal(Enumerable.Range(0, 50), answers.Select(answer => BitConverter.ToInt32(answer.Message!)));
        }
    }

    [Fact]
    public async Task Bidi_EachChunk_ComesBackBeforeTheNextIsSent()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        var opened = new TaskCompletionSource<Stream>();
        var finish = new TaskCompletionSource();
        using var request = WireHttp.Request("/t.S/Bidi", new PushContent(async stream =>
        {
            opened.SetResult(stream);
            await finish.Task;
        }));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Limit);
        await using var answer = await response.Content.ReadAsStreamAsync();
        var sending = await opened.Task;
        var buffer = new byte[100];
        for (byte i = 0; i < 20; i++)
        {
            await sending.WriteAsync(new[] { i });
            await sending.FlushAsync();
            Assert.Equal(1, await answer.ReadAsync(buffer).AsTask().WaitAsync(Limit));
            Assert.Equal(i, buffer[0]);
        }

        finish.SetResult();
        Assert.Equal(0, await answer.ReadAsync(buffer).AsTask().WaitAsync(Limit));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Cancel_ByClient_ReachesTheUpstream()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        using var request = WireHttp.Request("/t.S/Hang", new ByteArrayContent(WireHttp.Frame([])));
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await upstream.HangStarted.Task.WaitAsync(Limit);
        response.Dispose();
        await upstream.HangCancelled.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task TrailersOnly_FromUpstream_HasNoBody()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        var answer = await WireHttp.CallAsync(client, "/t.S/Nothing", []);
        Assert.Null(answer.Message);
        Assert.Equal("12", answer.Trailer("grpc-status"));
    }

    [Fact]
    public async Task Reset_ByUpstream_CodeReachesTheClient()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => WireHttp.CallAsync(client, "/t.S/Reset", []));
        Assert.Equal(2, Assert.IsType<HttpProtocolException>(error.InnerException).ErrorCode);
    }

    [Fact]
    public async Task UpstreamRestarted_UnderALiveConnection_CallsGoOn()
    {
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        for (byte i = 0; i < 3; i++)
        {
            await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
            Assert.Equal([i], (await WireHttp.CallAsync(client, "/t.S/Echo", [i])).Message!);
        }

        Assert.Equal(1, _place.Listener!.ConnectionCount);
    }

    [Fact]
    public async Task UpstreamAbsentAtStart_CallIsHeldUntilItComes()
    {
        _place.Start();
        using var client = WireHttp.Client(_place.SocketPath);
        var held = WireHttp.CallAsync(client, "/t.S/Echo", new byte[100_000]);
        var refused = await WireHttp.CallAsync(client, "/other.S/M", []); // the same connection still answers
        Assert.Equal("12", refused.Trailer("grpc-status"));
        Assert.False(held.IsCompleted);
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        Assert.Equal(100_000, (await held).Message!.Length);
    }

    [Fact]
    public async Task UpstreamChannel_Calls_ThroughTheSameCode()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        await using var channel = new UpstreamChannel(_place.UpstreamPath, null, WireLimits.Default, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var reply = await channel.CallAsync(new GrpcRequest("/t.S/Echo", [new("grpc-timeout", "5000m")], new byte[200_000], null), CancellationToken.None);
        Assert.Equal(GrpcStatusCode.Ok, reply.Status);
        Assert.Equal(200_000, reply.Message!.Value.Length);
        Assert.Contains(new MetadataEntry("x-seen-timeout", "5000m"), reply.Headers);
        Assert.Contains(new MetadataEntry("x-data-bin", "AAEC/w"), reply.Trailers);
        var unknown = await channel.CallAsync(new GrpcRequest("/t.S/Nothing", [], default, null), CancellationToken.None);
        Assert.Equal((GrpcStatusCode.Unimplemented, "unknown method", true), (unknown.Status, unknown.StatusMessage, unknown.TrailersOnly));
    }

    [Fact]
    public async Task UpstreamChannel_ErrorText_IsAnsweredWithTheBytesThatCame()
    {
        await using var upstream = await KestrelUpstream.StartAsync(_place.UpstreamPath);
        await using var channel = new UpstreamChannel(_place.UpstreamPath, null, WireLimits.Default, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        _place.Start(new TestRouter(new TestMethod((request, aborted) => channel.CallAsync(request with { Path = "/t.S/Words" }, aborted))));
        using var http = WireHttp.Client(_place.SocketPath);
        var answer = await WireHttp.CallAsync(http, "/g.S/M", []);
        Assert.Equal(("14", "%6Eot%20UTF-8: %FF"), (answer.Trailer("grpc-status"), answer.Trailer("grpc-message")));
    }

    private sealed class PushContent(Func<Stream, Task> push) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await push(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
