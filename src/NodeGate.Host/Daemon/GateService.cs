using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeGate.Audit;
using NodeGate.Gate;
using NodeGate.Gate.State;
using NodeGate.Host.Commands;
using NodeGate.Host.Configuration;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Registry;

namespace NodeGate.Host.Daemon;

/// <summary>
/// What both daemons judge with: audit log, ledger, registry client, policy and gate, with the loops that keep policy and trust roots fresh. The edges
/// in front of it differ.
/// </summary>
internal sealed class GateService : IAsyncDisposable
{
    private readonly AuditLog _audit;
    private readonly RegistryImageSourceFactory _sources;
    private readonly ImmutableArray<Func<CancellationToken, Task>> _background;

    private GateService(
        AuditLog audit,
        Ledger ledger,
        RegistryImageSourceFactory sources,
        PolicyStore policy,
        TufTrustStore trust,
        ILoggerFactory loggers,
        NodeGateConfig config)
    {
        var time = TimeProvider.System;
        _audit = audit;
        _sources = sources;
        Ledger = ledger;
        Policy = policy;
        TrustStore = trust;
        Metrics = new DecisionMetrics(audit);
        var options = new GateOptions { DeniedFor = config.Cache.DeniedFor };
        Gate = new ImageGate(policy.Source, sources, ledger, Metrics, options, time, loggers.CreateLogger<ImageGate>());
        var refresher = new TrustRefresher(
            trust,
            () => policy.Current.TrustRoots.Select(root => root.Tuf).OfType<TufSource>(),
            Random.Shared.NextDouble,
            time,
            loggers.CreateLogger<TrustRefresher>());
        var exceptions = new ExemptionReminder(() => policy.Current, time, loggers.CreateLogger<ExemptionReminder>());
        _background = [cancelled => policy.WatchAsync(Metrics, time, cancelled), refresher.RunAsync, exceptions.RunAsync];
    }

    internal IImageGate Gate { get; }

    internal Ledger Ledger { get; }

    internal PolicyStore Policy { get; }

    internal DecisionMetrics Metrics { get; }

    internal TufTrustStore TrustStore { get; }

    /// <summary>Opens everything and records the start. Whatever was opened is closed again when a later part fails.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="folder">Where the policy is.</param>
    /// <param name="policy">The policy to begin with.</param>
    /// <param name="dockerConfig">A docker <c>config.json</c> for who brings no credentials, or null.</param>
    /// <param name="loggers">The logs.</param>
    /// <exception cref="NodeGate.Oci.NodeGateException">A folder cannot be written, or another process uses it.</exception>
    internal static async Task<GateService> OpenAsync(
        NodeGateConfig config, PolicyFolder folder, PolicySnapshot policy, string? dockerConfig, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        AuditLog? audit = null;
        Ledger? ledger = null;
        RegistryImageSourceFactory? sources = null;
        try
        {
            audit = AuditLog.Open(
                new AuditOptions { Path = config.Audit.Path, MaxBytes = config.Audit.MaxBytes, Keep = config.Audit.Keep, Node = NodeName() },
                time,
                loggers.CreateLogger<AuditLog>());
            ledger = Ledger.Open(
                new LedgerOptions { Folder = config.State, AdmittedFor = config.Cache.AdmittedFor, GraceFor = config.Cache.GraceFor },
                time, loggers.CreateLogger<Ledger>());
            sources = new RegistryImageSourceFactory(
                new RegistryOptions
                {
                    CertsDir = config.Registry.CertsDir,
                    Timeout = config.Registry.Timeout,
                    PlainHttp = config.Registry.PlainHttp,
                    DockerConfigPath = dockerConfig,
                },
                time,
                loggers.CreateLogger<RegistryImageSourceFactory>());
            var store = new PolicyStore(folder, policy, loggers.CreateLogger<PolicyStore>());
            var service = new GateService(audit, ledger, sources, store, new TufTrustStore(config.State, time), loggers, config);
            await service.RecordAsync(DecisionEvent.Start);
            return service;
        }
        catch
        {
            await CloseAsync(sources, ledger, audit);
            throw;
        }
    }

    /// <summary>
    /// Runs until SIGTERM or SIGINT: the loops of this and <paramref name="others"/>, then <paramref name="drainAsync"/> with the signal's name, then
    /// the end is recorded.
    /// </summary>
    internal async Task RunAsync(DaemonSignals signals, ImmutableArray<Func<CancellationToken, Task>> others, Func<string, Task> drainAsync)
    {
        using var watching = new CancellationTokenSource();
        signals.OnHangUp(Policy.RequestReload);
        Task[] background = [.. _background.Concat(others).Select(run => run(watching.Token))];
        // They end only by cancellation; when one ends otherwise the daemon must not go on with a policy, trust roots or a certificate that nobody follows.
        await await Task.WhenAny([signals.Stop, .. background]);

        await drainAsync(await signals.Stop);
        await watching.CancelAsync();
        await Task.WhenAll(background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await RecordAsync(DecisionEvent.Stop);
    }

    /// <summary>The decisions so far and the process, as Prometheus text.</summary>
    internal string RenderMetrics(bool isReady) => Metrics.Render(Policy.Current.Revision, isReady, Environment.WorkingSet);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(_sources, Ledger, _audit);

    private static async ValueTask CloseAsync(RegistryImageSourceFactory? sources, Ledger? ledger, AuditLog? audit)
    {
        if (sources is not null)
        {
            await sources.DisposeAsync();
        }

        ledger?.Dispose();
        if (audit is not null)
        {
            await audit.DisposeAsync();
        }
    }

    /// <summary>The node's name for the audit log: what the pod or unit says, else the host's.</summary>
    private static string NodeName() =>
        Environment.GetEnvironmentVariable("NODE_NAME") is { Length: > 0 } name ? name : Environment.MachineName;

    private ValueTask RecordAsync(DecisionEvent @event) => Metrics.RecordAsync(
        new DecisionRecord { Event = @event, Message = $"nodegate {VersionCommand.Version}", PolicyRevision = Policy.Current.Revision });
}
