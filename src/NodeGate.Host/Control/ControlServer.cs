using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Wire.Listening;
using NodeGate.Host.Daemon;
using NodeGate.Host.Scanning;
using NodeGate.Oci;
using NodeGate.Webhook.Serving;

namespace NodeGate.Host.Control;

/// <summary>
/// Answers the commands of the same node over HTTP/1.1 on a unix socket of mode 0600. Never reachable by whoever may use the CRI socket only: a
/// scan verifies, which costs, and the verifier's answer tells what is admitted.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>Tells a command that it is NodeGate that answers.</summary>
    internal const string Header = "NodeGate-Control";

    /// <summary>The version of the messages.</summary>
    internal const string Version = "1";

    private readonly WebApplication _application;
    private readonly SocketFile _file;
    private readonly ControlActions _actions;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _scanning = new(1);

    private ControlServer(WebApplication application, SocketFile file, ControlActions actions, ILogger logger)
    {
        _application = application;
        _file = file;
        _actions = actions;
        _logger = logger;
    }

    /// <summary>Serves on <paramref name="path"/>; a stale file is replaced.</summary>
    /// <exception cref="NodeGateException">The path cannot be listened on, or another process listens on it.</exception>
    internal static async Task<ControlServer> StartAsync(
        string path, ControlActions actions, ILogger<ControlServer> logger, CancellationToken cancellationToken)
    {
        var file = SocketFile.Listen(path, group: null, SocketFile.OwnerOnly);
        try
        {
            var server = new ControlServer(Build(file), file, actions, logger);
            server._application.Run(server.AnswerAsync);
            await server._application.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            file.Remove();
            throw;
        }
    }

    /// <summary>Gives up what is under way and takes the socket away.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _file.Remove();
        _stopping.Dispose();
        _scanning.Dispose();
    }

    private static WebApplication Build(SocketFile file)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SignalFreeLifetime>();
        builder.WebHost.UseKestrelCore();
        // The file was made with its mode before anybody could connect; Kestrel's own would be open to the umask for a moment.
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = _ => file.Socket);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = ControlLimits.Connections;
            options.Limits.MaxRequestBodySize = ControlLimits.RequestBytes;
            options.Limits.MaxRequestLineSize = ControlLimits.RequestLineBytes;
            options.Limits.MaxRequestHeadersTotalSize = ControlLimits.HeaderBytes;
            options.Limits.MaxRequestHeaderCount = ControlLimits.Headers;
            options.Limits.RequestHeadersTimeout = ControlLimits.ClientTimeout;
            options.Limits.KeepAliveTimeout = ControlLimits.ClientTimeout;
            options.ListenUnixSocket(file.Path, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        context.Response.Headers[Header] = Version;
        try
        {
            await RouteAsync(context, either.Token);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.Message, either.Token);
        }
        catch (JsonException e)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"The body is not what was expected: {e.Message}", either.Token);
        }
        catch (NodeGateException e)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Nobody reads the answer any more; a cut connection must not look like a complete one.
            context.Abort();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            HostLog.ControlFailed(_logger, e, context.Request.Path.Value ?? "");
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "NodeGate failed; its log on this node tells why.", either.Token);
        }
    }

    private async Task RouteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("GET", "/v1/status"):
                await WriteAsync(context, StatusCodes.Status200OK, await _actions.Status(cancellationToken), ControlJson.Line.StatusReport, cancellationToken);
                break;
            case ("POST", "/v1/scan"):
                await ScanAsync(context, await ReadAsync(context, ControlJson.Line.ScanRequest, cancellationToken), cancellationToken);
                break;
            case ("POST", "/v1/verify-image"):
                var request = await ReadAsync(context, ControlJson.Line.VerifyImageRequest, cancellationToken);
                await WriteAsync(
                    context, StatusCodes.Status200OK, await _actions.VerifyImage(request, cancellationToken), ControlJson.Line.VerifyImageAnswer, cancellationToken);
                break;
            default:
                await RefuseAsync(
                    context, StatusCodes.Status404NotFound, "Found another request; expected GET /v1/status, POST /v1/scan or POST /v1/verify-image.", cancellationToken);
                break;
        }
    }

    private async Task ScanAsync(HttpContext context, ScanRequest request, CancellationToken cancellationToken)
    {
        if (request.Namespaces.Count > ControlLimits.Namespaces)
        {
            await RefuseAsync(
                context, StatusCodes.Status400BadRequest, $"{request.Namespaces.Count} namespaces; at most {ControlLimits.Namespaces} are scanned for at once.", cancellationToken);
            return;
        }

        // Two scans would verify the same images twice and take the pulls' places at the registries.
        if (!await _scanning.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, "Another scan is under way; wait for its end.", cancellationToken);
            return;
        }

        try
        {
            await foreach (var step in _actions.Scan(request, cancellationToken))
            {
                if (!context.Response.HasStarted)
                {
                    context.Response.ContentType = "application/x-ndjson";
                }

                await JsonSerializer.SerializeAsync(context.Response.Body, step, ControlJson.Line.ScanStep, cancellationToken);
                await context.Response.WriteAsync("\n", cancellationToken);
                await context.Response.Body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            _scanning.Release();
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, cancellationToken) ?? throw new JsonException("null");

    private static async Task WriteAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, cancellationToken);
    }

    private Task RefuseAsync(HttpContext context, int status, string problem, CancellationToken cancellationToken)
    {
        HostLog.ControlRefused(_logger, context.Request.Path.Value ?? "", problem);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return WriteAsync(context, status, new ControlProblem(problem), ControlJson.Line.ControlProblem, cancellationToken);
    }
}
