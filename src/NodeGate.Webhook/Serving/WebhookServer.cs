using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeGate.Webhook.Gatekeeper;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Serving;

/// <summary>
/// The HTTPS listener: <c>/mutate</c> and <c>/validate</c> for the API server, <c>/gatekeeper/mutate</c> and <c>/gatekeeper/validate</c> for
/// Gatekeeper, <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c> for everybody.
/// </summary>
public sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ReviewRequests _reviews;
    private readonly WebhookMetrics _metrics;
    private readonly IServerCertificates _certificates;
    private readonly WebhookServerOptions _options;
    private volatile bool _leaving;

    private WebhookServer(
        WebApplication application, ReviewRequests reviews, WebhookMetrics metrics, IServerCertificates certificates, WebhookServerOptions options)
    {
        _application = application;
        _reviews = reviews;
        _metrics = metrics;
        _certificates = certificates;
        _options = options;
    }

    /// <summary>Where it listens, as <c>HOST:PORT</c>.</summary>
    public string EndPoint => new Uri(_application.Urls.First()).Authority;

    /// <summary>Serves reviews that <paramref name="ports"/> judge.</summary>
    /// <exception cref="IOException">The address cannot be listened on, or the client authorities cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The client authorities may not be read.</exception>
    public static Task<WebhookServer> StartAsync(
        WebhookServerOptions options, WebhookPorts ports, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(loggers);
        var reviewer = new Reviewer(
            ports.Gate, ports.Policies, ports.Credentials, ports.Owners,
            new ReviewOptions { Pin = options.Pin, Resources = options.Resources }, time, loggers.CreateLogger<Reviewer>());
        var reviews = new AdmissionHandler(reviewer, time, loggers.CreateLogger<AdmissionHandler>());
        var provider = new ImageProvider(ports.Gate, ports.Policies, ports.Credentials, time);
        var handlers = ImmutableDictionary.CreateRange<ReviewPath, ReviewHandler>(
        [
            new(ReviewPath.Mutate, (body, deadline, cancelled) => reviews.AnswerAsync(ReviewMode.Mutate, body, deadline, cancelled)),
            new(ReviewPath.Validate, (body, deadline, cancelled) => reviews.AnswerAsync(ReviewMode.Validate, body, deadline, cancelled)),
            new(ReviewPath.GatekeeperMutate, (body, deadline, cancelled) => provider.AnswerAsync(ReviewMode.Mutate, body, deadline, cancelled)),
            new(ReviewPath.GatekeeperValidate, (body, deadline, cancelled) => provider.AnswerAsync(ReviewMode.Validate, body, deadline, cancelled)),
        ]);
        return StartAsync(options, handlers, ports.Certificates, time, loggers, cancellationToken);
    }

    internal static async Task<WebhookServer> StartAsync(
        WebhookServerOptions options,
        ImmutableDictionary<ReviewPath, ReviewHandler> handlers,
        IServerCertificates certificates,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger<WebhookServer>();
        var clients = options.ClientAuthorities is { } path ? ClientAuthorities.Open(path, time, logger) : null;
        var metrics = new WebhookMetrics();
        var application = Build(options, new ServerTls(certificates, clients), loggers);
        var server = new WebhookServer(application, new ReviewRequests(handlers, options, metrics, time, logger), metrics, certificates, options);
        application.Run(server.AnswerAsync);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception e)
        {
            await application.DisposeAsync();
            if (e is SocketException)
            {
                throw new IOException($"{options.Listen} cannot be listened on: {e.Message}", e);
            }

            throw;
        }

        ServingLog.Serving(logger, server.EndPoint);
        return server;
    }

    /// <summary>Makes <c>/readyz</c> say no from now on; requests are answered as before until the news has got round.</summary>
    public void Leave() => _leaving = true;

    /// <summary>Takes no new connections and lets the reviews under way finish within <paramref name="time"/>.</summary>
    public async Task DrainAsync(TimeSpan time)
    {
        Leave();
        using var late = new CancellationTokenSource(time);
        await _application.StopAsync(late.Token);
    }

    /// <summary>Gives up what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }

    private static WebApplication Build(WebhookServerOptions options, ServerTls tls, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SignalFreeLifetime>();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore();
        var shares = new ConnectionShares(WebhookLimits.MaxConnectionsOfAnAddress);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits);
            kestrel.Listen(options.Listen, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1AndHttp2;
                endpoint.Use(next => connection => shares.ServeAsync(connection, next));
                endpoint.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(tls.ForHandshake()),
                    HandshakeTimeout = ServingLimits.ClientTimeout,
                });
            });
        });
        return builder.Build();
    }

    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = WebhookLimits.MaxConnections;
        limits.MaxRequestBodySize = WebhookLimits.MaxReviewBytes;
        limits.MaxRequestBufferSize = ServingLimits.UnreadBytes;
        limits.MaxRequestLineSize = ServingLimits.RequestLineBytes;
        limits.MaxRequestHeadersTotalSize = ServingLimits.HeaderBytes;
        limits.MaxRequestHeaderCount = ServingLimits.Headers;
        limits.RequestHeadersTimeout = ServingLimits.ClientTimeout;
        limits.KeepAliveTimeout = ServingLimits.IdleTimeout;
        limits.MinRequestBodyDataRate = ServingLimits.DataRate;
        limits.MinResponseDataRate = ServingLimits.DataRate;
        limits.Http2.MaxStreamsPerConnection = ServingLimits.StreamsPerConnection;
        limits.Http2.InitialConnectionWindowSize = ServingLimits.UnreadBytes;
        limits.Http2.InitialStreamWindowSize = ServingLimits.UnreadBytes;
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/mutate" => _reviews.AnswerAsync(context, ReviewPath.Mutate),
        "/validate" => _reviews.AnswerAsync(context, ReviewPath.Validate),
        "/gatekeeper/mutate" => _reviews.AnswerAsync(context, ReviewPath.GatekeeperMutate),
        "/gatekeeper/validate" => _reviews.AnswerAsync(context, ReviewPath.GatekeeperValidate),
        "/healthz" => ShowAsync(context, () => HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "ok")),
        "/readyz" => ShowAsync(context, () => Readiness(context)),
        "/metrics" => ShowAsync(context, () => HttpAnswer.MetricsAsync(
            context, _metrics.Render(_reviews.BytesInUse, _certificates) + _options.Metrics())),
        _ => HttpAnswer.TextAsync(context, StatusCodes.Status404NotFound, "Found another path; expected /mutate or /validate."),
    };

    private static Task ShowAsync(HttpContext context, Func<Task> answer)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return answer();
        }

        context.Response.Headers.Allow = "GET, HEAD";
        return HttpAnswer.TextAsync(context, StatusCodes.Status405MethodNotAllowed, "Found another method; expected GET.");
    }

    private Task Readiness(HttpContext context) => this switch
    {
        { _leaving: true } => HttpAnswer.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "not ready: stopping"),
        { _certificates.Current: null } => HttpAnswer.TextAsync(
            context, StatusCodes.Status503ServiceUnavailable, $"not ready: no certificate: {_certificates.Problem}"),
        _ => HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "ready"),
    };
}
