using Microsoft.Extensions.Logging;
using NodeGate.Host.Commands;
using NodeGate.Host.Configuration;
using NodeGate.Webhook.Certificates;
using NodeGate.Webhook.Serving;

namespace NodeGate.Host.Daemon;

/// <summary>The webhook: wiring, start and stop in the right order. Nothing is decided here.</summary>
internal sealed class WebhookDaemon : IAsyncDisposable
{
    /// <summary>
    /// How long requests are taken as before after SIGTERM: kube-proxy hears of it by then. With <see cref="DrainTime"/> below Kubernetes' 30 seconds.
    /// </summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(20);

    private readonly GateService _service;
    private readonly WebhookCluster _cluster;
    private readonly IServerCertificates _certificates;
    private readonly WebhookServer _server;
    private readonly ILogger _logger;

    private WebhookDaemon(GateService service, WebhookCluster cluster, IServerCertificates certificates, WebhookServer server, ILogger logger)
    {
        _service = service;
        _cluster = cluster;
        _certificates = certificates;
        _server = server;
        _logger = logger;
    }

    /// <summary>Opens everything and serves. Whatever was opened is closed again when a later part fails.</summary>
    /// <exception cref="NodeGate.Oci.NodeGateException">The environment does not allow it: a folder that cannot be written, no cluster.</exception>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    internal static async Task<WebhookDaemon> StartAsync(DaemonStart start, CancellationToken cancellationToken)
    {
        var (config, folder, policy, loggers) = start;
        var webhook = config.Webhook;
        var time = TimeProvider.System;
        var logger = loggers.CreateLogger<WebhookDaemon>();
        var cluster = WebhookCluster.Find(webhook, loggers);
        GateService? service = null;
        try
        {
            var dockerConfig = webhook.Credentials == WebhookCredentials.None ? null : webhook.DockerConfig;
            service = await GateService.OpenAsync(config, folder, policy, dockerConfig, loggers);
            IServerCertificates certificates = webhook.SelfSigned is { } own
                ? new ManagedCertificates(cluster.Client!, own, time, loggers.CreateLogger<ManagedCertificates>())
                : new FileCertificates(webhook.Certificate!, webhook.Key!, time, loggers.CreateLogger<FileCertificates>());
            var options = new WebhookServerOptions
            {
                Listen = webhook.Listen.EndPoint,
                ClientAuthorities = webhook.ClientCa,
                Deadline = webhook.Deadline,
                Pin = webhook.Pin,
                Resources = webhook.Resources,
                Metrics = () => service.RenderMetrics(certificates.Current is not null) + NodeMetrics.Render(service.Policy.Current, sandboxImage: null),
            };
            var ports = new WebhookPorts
            {
                Gate = service.Gate,
                Policies = service.Policy.Source,
                Certificates = certificates,
                Credentials = cluster.Credentials,
                Owners = cluster.Owners,
            };
            var server = await WebhookServer.StartAsync(options, ports, time, loggers, cancellationToken);
            HostLog.WebhookStarted(logger, VersionCommand.Version, server.EndPoint, policy.Model!.Name, policy.Model.Revision);
            HostLog.UnusedKeys(logger, config);
            return new WebhookDaemon(service, cluster, certificates, server, logger);
        }
        catch
        {
            await CloseAsync(service, cluster);
            throw;
        }
    }

    /// <summary>Runs until SIGTERM or SIGINT, then goes on until nobody sends reviews here any more, and lets those under way finish.</summary>
    internal async Task RunAsync(DaemonSignals signals)
    {
        await _service.RunAsync(signals, [_certificates.RunAsync], async signal =>
        {
            HostLog.Leaving(_logger, signal, (int)LeaveTime.TotalSeconds, (int)DrainTime.TotalSeconds);
            _server.Leave();
            await Task.WhenAny(signals.StopAgain, Task.Delay(LeaveTime, TimeProvider.System));
            await _server.DrainAsync(DrainTime);
        });
        HostLog.Stopped(_logger);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await CloseAsync(_service, _cluster);
    }

    private static async ValueTask CloseAsync(GateService? service, WebhookCluster cluster)
    {
        if (service is not null)
        {
            await service.DisposeAsync();
        }

        cluster.Dispose();
    }
}
