using Microsoft.Extensions.Logging;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>
/// Keeps the policy in force in step with its files. Looks at them every second: a change holds within five (design.md section 5),
/// a bad one keeps the last good one and says so in the log, in the audit log and in <see cref="LastErrors"/>.
/// </summary>
internal sealed class PolicyStore
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly PolicyFolder _folder;
    private readonly ILogger _logger;
    private readonly PolicyHolder _holder;
    private volatile IReadOnlyList<string> _lastErrors = [];
    private volatile bool _reloadRequested;
    private PolicySnapshot _seen;

    internal PolicyStore(PolicyFolder folder, PolicySnapshot first, ILogger<PolicyStore> logger)
    {
        _folder = folder;
        _seen = first;
        _holder = new PolicyHolder(first.Model ?? throw new ArgumentException("The first policy has errors.", nameof(first)));
        _logger = logger;
    }

    /// <summary>What the gate reads.</summary>
    internal IPolicySource Source => _holder;

    /// <summary>The policy in force.</summary>
    internal PolicyModel Current => _holder.Current;

    /// <summary>What is wrong with the files as they are now; empty while the policy in force is the one on disk.</summary>
    internal IReadOnlyList<string> LastErrors => _lastErrors;

    /// <summary>Watches until cancelled.</summary>
    internal async Task WatchAsync(IDecisionSink sink, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (_reloadRequested || _folder.HasChanged(_seen))
            {
                _reloadRequested = false;
                await ReloadAsync(sink);
            }
        }
    }

    /// <summary>Makes the next look read the files whether they look changed or not (SIGHUP).</summary>
    internal void RequestReload() => _reloadRequested = true;

    /// <summary>Reads the files now.</summary>
    internal async Task ReloadAsync(IDecisionSink sink)
    {
        var before = Current.Revision;
        _seen = _folder.Load();
        string message;
        if (_seen.Model is { } model)
        {
            _lastErrors = [];
            if (string.Equals(model.Revision, before, StringComparison.Ordinal))
            {
                return;
            }

            _holder.Replace(model);
            message = $"policy {model.Name} loaded, revision {before} is now {model.Revision}";
            HostLog.PolicyReloaded(_logger, model.Name, before, model.Revision);
        }
        else
        {
            _lastErrors = _seen.Errors;
            message = $"policy not loaded, revision {before} stays in force: {string.Join("; ", _seen.Errors)}";
            foreach (var error in _seen.Errors)
            {
                HostLog.PolicyRejected(_logger, before, error);
            }
        }

        await RecordAsync(sink, message);
    }

    private async Task RecordAsync(IDecisionSink sink, string message)
    {
        try
        {
            await sink.RecordAsync(new DecisionRecord { Event = DecisionEvent.PolicyReload, Message = message, PolicyRevision = Current.Revision });
        }
        catch (NodeGateException e)
        {
            // The policy change itself holds; that it could not be recorded is said, and the next pull fails closed for the same cause.
            HostLog.AuditFailed(_logger, e.Message);
        }
    }
}
