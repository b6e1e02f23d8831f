using Microsoft.Extensions.Logging;
using NodeGate.CriProxy;
using NodeGate.CriProxy.Inventory;
using NodeGate.Host.Commands;
using NodeGate.Host.Configuration;
using NodeGate.Host.Control;
using NodeGate.Host.Scanning;

namespace NodeGate.Host.Daemon;

/// <summary>The daemon: wiring, start and stop in the right order. Nothing is decided here.</summary>
internal sealed class NodeGateDaemon : IAsyncDisposable
{
    /// <summary>How long calls under way may go on after SIGTERM. Below systemd's and Kubernetes' 30 seconds, so that the end is ours.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(25);

    private readonly NodeGateConfig _config;
    private readonly GateService _service;
    private readonly SandboxImageWatch _sandboxImage;
    private readonly CriProxyServer _server;
    private readonly ILogger _logger;
    private readonly Stack<IAsyncDisposable> _owned;

    private NodeGateDaemon(
        NodeGateConfig config, GateService service, CriProxyServer server, SandboxImageWatch sandboxImage, ILogger logger, Stack<IAsyncDisposable> owned)
    {
        _config = config;
        _service = service;
        _sandboxImage = sandboxImage;
        _server = server;
        _logger = logger;
        _owned = owned;
    }

    /// <summary>Opens everything and serves. Whatever was opened is closed again when a later part fails.</summary>
    /// <exception cref="NodeGate.Oci.NodeGateException">The environment does not allow it: a socket in use, a folder that cannot be written.</exception>
    internal static async Task<NodeGateDaemon> StartAsync(
        NodeGateConfig config, PolicyFolder folder, PolicySnapshot policy, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var owned = new Stack<IAsyncDisposable>();
        var logger = loggers.CreateLogger<NodeGateDaemon>();
        try
        {
            var time = TimeProvider.System;
            var service = await GateService.OpenAsync(config, folder, policy, dockerConfig: null, loggers);
            owned.Push(service);
            var gate = service.Gate;
            var store = service.Policy;
            var server = new CriProxyServer(
                new CriProxyOptions { Listen = config.Listen, ListenGroup = config.ListenGroup, Upstream = config.Upstream }, gate, store.Source, time, loggers);
            owned.Push(server);
            var inventory = new NodeInventory(config.Upstream, time, loggers.CreateLogger<NodeInventory>());
            owned.Push(inventory);
            var sandboxes = new SandboxImages(config.Upstream, gate, time, loggers.CreateLogger<SandboxImages>());
            owned.Push(sandboxes);
            var sandboxImage = new SandboxImageWatch(
                cancelled => sandboxes.ExamineAsync([], cancelled),
                () => store.Current.Revision,
                () => server.IsUpstreamReachable,
                time,
                loggers.CreateLogger<SandboxImageWatch>());
            var control = new DaemonControl
            {
                Config = config,
                Policy = store,
                Metrics = service.Metrics,
                Ledger = service.Ledger,
                Gate = gate,
                Server = server,
                Scanner = new NodeScanner(inventory, sandboxes, gate, logger),
                TrustStore = service.TrustStore,
                SandboxImage = sandboxImage,
            };
            // Before the kubelet's socket: containerd's verifier plugin asks about the very first pull that is forwarded.
            owned.Push(await ControlServer.StartAsync(
                ControlSocket.PathFor(config.Listen), control.Actions, loggers.CreateLogger<ControlServer>(), cancellationToken));
            await server.StartAsync(cancellationToken);
            var daemon = new NodeGateDaemon(config, service, server, sandboxImage, logger, owned);
            await daemon.ServeHealthAsync(cancellationToken);
            daemon.SayStarted();
            return daemon;
        }
        catch
        {
            await DisposeAllAsync(owned);
            throw;
        }
    }

    /// <summary>Runs until SIGTERM or SIGINT, then lets the calls under way finish.</summary>
    internal async Task RunAsync(DaemonSignals signals)
    {
        await _service.RunAsync(signals, [_sandboxImage.RunAsync], async signal =>
        {
            HostLog.Draining(_logger, signal, (int)DrainTime.TotalSeconds);
            await _server.DrainAsync(DrainTime);
        });
        HostLog.Stopped(_logger);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DisposeAllAsync(_owned);

    private static async ValueTask DisposeAllAsync(Stack<IAsyncDisposable> owned)
    {
        while (owned.TryPop(out var next))
        {
            await next.DisposeAsync();
        }
    }

    private async Task ServeHealthAsync(CancellationToken cancellationToken)
    {
        if (_config.MetricsListen is { } listen)
        {
            _owned.Push(await HealthServer.StartAsync(
                listen,
                () => _server.IsUpstreamReachable,
                () => _service.RenderMetrics(_server.IsUpstreamReachable) + NodeMetrics.Render(_service.Policy.Current, _sandboxImage.Current),
                cancellationToken));
        }
    }

    private void SayStarted()
    {
        HostLog.Started(_logger, VersionCommand.Version, _config.Listen, _config.Upstream, _service.Policy.Current.Name, _service.Policy.Current.Revision);
        HostLog.UnusedKeys(_logger, _config);
    }
}
