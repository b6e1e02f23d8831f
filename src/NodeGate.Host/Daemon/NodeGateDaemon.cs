using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeGate.Audit;
using NodeGate.CriProxy;
using NodeGate.CriProxy.Inventory;
using NodeGate.Gate;
using NodeGate.Gate.State;
using NodeGate.Host.Commands;
using NodeGate.Host.Configuration;
using NodeGate.Host.Control;
using NodeGate.Host.Scanning;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Registry;

namespace NodeGate.Host.Daemon;

/// <summary>The daemon: wiring, start and stop in the right order. Nothing is decided here.</summary>
internal sealed class NodeGateDaemon : IAsyncDisposable
{
    /// <summary>How long calls under way may go on after SIGTERM. Below systemd's and Kubernetes' 30 seconds, so that the end is ours.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(25);

    private readonly NodeGateConfig _config;
    private readonly PolicyStore _policy;
    private readonly ImmutableArray<Func<CancellationToken, Task>> _background;
    private readonly SandboxImageWatch _sandboxImage;
    private readonly DecisionMetrics _sink;
    private readonly CriProxyServer _server;
    private readonly ILogger _logger;
    private readonly Stack<IAsyncDisposable> _owned;

    private NodeGateDaemon(
        NodeGateConfig config, PolicyStore policy, DecisionMetrics sink, CriProxyServer server,
        ImmutableArray<Func<CancellationToken, Task>> background, SandboxImageWatch sandboxImage, ILogger logger, Stack<IAsyncDisposable> owned)
    {
        _config = config;
        _policy = policy;
        _background = background;
        _sandboxImage = sandboxImage;
        _sink = sink;
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
            var audit = AuditLog.Open(
                new AuditOptions { Path = config.Audit.Path, MaxBytes = config.Audit.MaxBytes, Keep = config.Audit.Keep, Node = NodeName() },
                time,
                loggers.CreateLogger<AuditLog>());
            owned.Push(audit);
            var ledger = Ledger.Open(
                new LedgerOptions { Folder = config.State, AdmittedFor = config.Cache.AdmittedFor, GraceFor = config.Cache.GraceFor },
                time, loggers.CreateLogger<Ledger>());
            owned.Push(new Disposal(ledger));
            var sources = new RegistryImageSourceFactory(
                new RegistryOptions { CertsDir = config.Registry.CertsDir, Timeout = config.Registry.Timeout, PlainHttp = config.Registry.PlainHttp },
                time,
                loggers.CreateLogger<RegistryImageSourceFactory>());
            owned.Push(sources);
            var store = new PolicyStore(folder, policy, loggers.CreateLogger<PolicyStore>());
            var sink = new DecisionMetrics(audit);
            var gate = new ImageGate(
                store.Source, sources, ledger, sink, new GateOptions { DeniedFor = config.Cache.DeniedFor }, time, loggers.CreateLogger<ImageGate>());
            await sink.RecordAsync(new DecisionRecord { Event = DecisionEvent.Start, Message = $"nodegate {VersionCommand.Version}", PolicyRevision = store.Current.Revision });
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
            var trustStore = new TufTrustStore(config.State, time);
            var control = new DaemonControl
            {
                Config = config,
                Policy = store,
                Metrics = sink,
                Ledger = ledger,
                Gate = gate,
                Server = server,
                Scanner = new NodeScanner(inventory, sandboxes, gate, logger),
                TrustStore = trustStore,
                SandboxImage = sandboxImage,
            };
            // Before the kubelet's socket: containerd's verifier plugin asks about the very first pull that is forwarded.
            owned.Push(await ControlServer.StartAsync(
                ControlSocket.PathFor(config.Listen), control.Actions, loggers.CreateLogger<ControlServer>(), cancellationToken));
            await server.StartAsync(cancellationToken);
            var exceptions = new ExemptionReminder(() => store.Current, time, loggers.CreateLogger<ExemptionReminder>());
            var trust = new TrustRefresher(
                trustStore,
                () => store.Current.TrustRoots.Select(root => root.Tuf).OfType<TufSource>(),
                Random.Shared.NextDouble,
                time,
                loggers.CreateLogger<TrustRefresher>());
            var daemon = new NodeGateDaemon(config, store, sink, server, [trust.RunAsync, exceptions.RunAsync, sandboxImage.RunAsync], sandboxImage, logger, owned);
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
        using var watching = new CancellationTokenSource();
        signals.OnHangUp(_policy.RequestReload);
        Task[] background = [_policy.WatchAsync(_sink, TimeProvider.System, watching.Token), .. _background.Select(run => run(watching.Token))];
        // They end only by cancellation; when one ends otherwise the daemon must not go on with a policy or trust roots that nobody follows.
        await await Task.WhenAny([signals.Stop, .. background]);

        HostLog.Draining(_logger, await signals.Stop, (int)DrainTime.TotalSeconds);
        await _server.DrainAsync(DrainTime);
        await watching.CancelAsync();
        await Task.WhenAll(background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _sink.RecordAsync(new DecisionRecord { Event = DecisionEvent.Stop, Message = $"nodegate {VersionCommand.Version}", PolicyRevision = _policy.Current.Revision });
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

    /// <summary>The node's name for the audit log: what the pod or unit says, else the host's.</summary>
    private static string NodeName() =>
        Environment.GetEnvironmentVariable("NODE_NAME") is { Length: > 0 } name ? name : Environment.MachineName;

    private async Task ServeHealthAsync(CancellationToken cancellationToken)
    {
        if (_config.MetricsListen is { } listen)
        {
            _owned.Push(await HealthServer.StartAsync(
                listen,
                () => _server.IsUpstreamReachable,
                () => _sink.Render(_policy.Current.Revision, _server.IsUpstreamReachable, Environment.WorkingSet) + NodeMetrics.Render(_policy.Current, _sandboxImage.Current),
                cancellationToken));
        }
    }

    private void SayStarted()
    {
        HostLog.Started(_logger, VersionCommand.Version, _config.Listen, _config.Upstream, _policy.Current.Name, _policy.Current.Revision);
        foreach (var key in _config.UnusedKeys)
        {
            HostLog.UnusedKey(_logger, key);
        }
    }

    private sealed class Disposal(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
