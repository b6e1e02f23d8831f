using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Fidelity;

/// <summary>
/// Stands between nodegate and a real containerd, passes every call on, and lets a test see it, hold it, or answer what no real containerd
/// can be brought to answer. Kestrel on one side and SocketsHttpHandler on the other: it shares no code with the relay it looks at.
/// </summary>
internal sealed class ContainerdTap : IAsyncDisposable
{
    private readonly TestFolder _folder = TestFolder.Create();
    private readonly ConcurrentQueue<TappedCall> _calls = new();
    private readonly HttpMessageInvoker _containerd;
    private readonly WebApplication _application;

    private ContainerdTap(string containerdSocket)
    {
        _containerd = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(containerdSocket), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenUnixSocket(SocketPath, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _application = builder.Build();
        _application.Run(ServeAsync);
    }

    public string SocketPath => _folder.At("t.sock");

    /// <summary>Everything that came in, in its order.</summary>
    public IReadOnlyList<TappedCall> Calls => [.. _calls];

    /// <summary>Awaited at each moment of each call; whoever waits in it with the token lets go when nodegate does.</summary>
    public Func<TappedCall, TapMoment, CancellationToken, Task>? Hold { get; set; }

    /// <summary>Asked before containerd is; true means that it answered.</summary>
    public Func<TappedCall, HttpContext, Task<bool>>? Answer { get; set; }

    public static async Task<ContainerdTap> StartAsync(string containerdSocket)
    {
        var tap = new ContainerdTap(containerdSocket);
        await tap._application.StartAsync();
        return tap;
    }

    /// <summary>A client of the tap itself: containerd without nodegate.</summary>
    public CriClient Cri(string api = "runtime.v1") => new(SocketPath, api);

    public void Clear() => _calls.Clear();

    /// <summary>Answers OK with one message, and with the given headers and trailers.</summary>
    public static async Task ReplyAsync(
        HttpContext context, ReadOnlyMemory<byte> message, IEnumerable<KeyValuePair<string, string>> headers, IEnumerable<KeyValuePair<string, string>> trailers)
    {
        var response = context.Response;
        response.ContentType = "application/grpc";

        // Kestrel would write the time, and two answers are compared.
        response.Headers.Date = "Thu, 01 Jan 2026 00:00:00 GMT";
        foreach (var (name, value) in headers)
        {
            response.Headers.Append(name, value);
        }

        var prefix = new byte[5];
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), (uint)message.Length);
        await response.Body.WriteAsync(prefix, context.RequestAborted);
        await response.Body.WriteAsync(message, context.RequestAborted);
        response.AppendTrailer("grpc-status", "0");
        foreach (var (name, value) in trailers)
        {
            response.AppendTrailer(name, value);
        }
    }

    /// <summary>Answers in one header block, as grpc-go does before the first message.</summary>
    public static void Fail(HttpContext context, int status, string message, string details)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers.Date = "Thu, 01 Jan 2026 00:00:00 GMT";
        context.Response.Headers["grpc-status"] = status.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = message;
        context.Response.Headers["grpc-status-details-bin"] = details;
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
        _containerd.Dispose();
        await _folder.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, aborted);
        var headers = context.Request.Headers
            .Where(header => header.Key != "Content-Length")
            .SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key.ToLowerInvariant(), value ?? ""))
            .OrderBy(header => header.Key, StringComparer.Ordinal);
        var call = new TappedCall(context.Request.Path.Value ?? "", [.. headers], body.ToArray());
        _calls.Enqueue(call);
        await using var watch = aborted.Register(() => call.Cancelled.TrySetResult());
        try
        {
            await (Hold?.Invoke(call, TapMoment.Asked, aborted) ?? Task.CompletedTask);
            if (Answer is not { } answer || !await answer(call, context))
            {
                await PassOnAsync(call, context);
            }
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            call.Cancelled.TrySetResult();
        }
    }

    private async Task PassOnAsync(TappedCall call, HttpContext context)
    {
        var aborted = context.RequestAborted;
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost" + call.Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(call.Body),
        };
        foreach (var (name, value) in call.Headers)
        {
            if (name == "content-type")
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else if (name != "host")
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _containerd.SendAsync(request, aborted);
        await (Hold?.Invoke(call, TapMoment.Answered, aborted) ?? Task.CompletedTask);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await using var answer = await response.Content.ReadAsStreamAsync(aborted);
        var buffer = new byte[64 * 1024];
        for (int read; (read = await answer.ReadAsync(buffer, aborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), aborted);
            await context.Response.Body.FlushAsync(aborted);
        }

        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            foreach (var value in values)
            {
                context.Response.AppendTrailer(name, value);
            }
        }
    }
}
