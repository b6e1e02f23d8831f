using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>A gRPC server in place of containerd: Kestrel, which shares no code with the relay.</summary>
internal sealed class KestrelUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelUpstream(WebApplication app)
    {
        _app = app;
    }

    public TaskCompletionSource HangStarted { get; } = new();

    public TaskCompletionSource HangCancelled { get; } = new();

    public static async Task<KestrelUpstream> StartAsync(string path)
    {
        File.Delete(path);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var upstream = new KestrelUpstream(app);
        app.Run(upstream.ServeAsync);
        await app.StartAsync();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/grpc";
        switch (context.Request.Path.Value)
        {
            case "/t.S/Echo":
                response.Headers["x-seen-timeout"] = context.Request.Headers["grpc-timeout"];
                response.Headers["x-seen-dup"] = context.Request.Headers["x-dup"].ToArray();

                // Read it all first: a client that sends its whole request before it reads would wait for an echo that waits for it.
                using (var body = new MemoryStream())
                {
                    await context.Request.Body.CopyToAsync(body);
                    await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
                }

                response.AppendTrailer("grpc-status", "0");
                response.AppendTrailer("x-data-bin", "AAEC/w");
                break;
            case "/t.S/Bidi":
                await response.Body.FlushAsync();
                var buffer = new byte[4096];
                for (int n; (n = await context.Request.Body.ReadAsync(buffer)) > 0;)
                {
                    await response.Body.WriteAsync(buffer.AsMemory(0, n));
                    await response.Body.FlushAsync();
                }

                response.AppendTrailer("grpc-status", "0");
                break;
            case "/t.S/Hang":
                await response.Body.FlushAsync();
                HangStarted.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                }
                catch (OperationCanceledException)
                {
                    HangCancelled.TrySetResult();
                }

                break;
            case "/t.S/Reset":
                context.Features.Get<IHttpResetFeature>()!.Reset(2);
                break;
            case "/t.S/Words":
                response.Headers["grpc-status"] = "14";
                response.Headers["grpc-message"] = "%6Eot%20UTF-8: %FF";
                break;
            default:
                response.Headers["grpc-status"] = "12";
                response.Headers["grpc-message"] = "unknown method";
                break;
        }
    }
}
