using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NodeGate.Host.Configuration;
using NodeGate.Webhook.Serving;

namespace NodeGate.Host.Daemon;

/// <summary>Serves <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c> over http. Reads nothing but the path of a request.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HealthServer(WebApplication application) => _application = application;

    /// <summary>Starts serving on <paramref name="listen"/>.</summary>
    /// <exception cref="IOException">The address is in use or not one of this machine.</exception>
    internal static async Task<HealthServer> StartAsync(
        HostPort listen, Func<bool> isReady, Func<string> metrics, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SignalFreeLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = 32;
            options.Limits.MaxRequestBodySize = 0;
            options.Listen(listen.EndPoint, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        application.Run(context => AnswerAsync(context, isReady, metrics));
        await application.StartAsync(cancellationToken);
        return new HealthServer(application);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }

    private static Task AnswerAsync(HttpContext context, Func<bool> isReady, Func<string> metrics)
    {
        var (status, body) = context.Request.Path.Value switch
        {
            "/healthz" => (StatusCodes.Status200OK, "ok\n"),
            "/readyz" => isReady() ? (StatusCodes.Status200OK, "ready\n") : (StatusCodes.Status503ServiceUnavailable, "not ready\n"),
            "/metrics" => (StatusCodes.Status200OK, metrics()),
            _ => (StatusCodes.Status404NotFound, "not found\n"),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(body);
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
