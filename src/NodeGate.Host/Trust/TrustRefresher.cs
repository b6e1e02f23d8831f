using Microsoft.Extensions.Logging;
using NodeGate.Host.Daemon;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Trust;

/// <summary>
/// Refreshes the trust roots of the policy in force in the background: a new one at once, each about every six hours, and a minute after
/// a failure. Pulls never wait for it, and what is on disk stays in use whatever happens here.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="sources">The trust roots of the policy in force, asked anew each time.</param>
/// <param name="jitter">0 to 1: how much earlier than planned, so that not every node of a cluster asks at the same moment.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where outcomes are said.</param>
internal sealed class TrustRefresher(
    TufTrustStore store, Func<IEnumerable<TufSource>> sources, Func<double> jitter, TimeProvider time, ILogger<TrustRefresher> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);
    private static readonly TimeSpan MaxJitter = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string Name, Uri Mirror, Digest Root), DateTimeOffset> _due = [];

    /// <summary>Runs until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        do
        {
            foreach (var source in sources())
            {
                var key = (source.Name, source.Mirror, source.RootDigest);
                if (!_due.TryGetValue(key, out var due) || time.GetUtcNow() >= due)
                {
                    _due[key] = time.GetUtcNow() + await RefreshAsync(source, cancellationToken);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Returns how long to wait for the next.</summary>
    private async Task<TimeSpan> RefreshAsync(TufSource source, CancellationToken cancellationToken)
    {
        var refresh = await store.RefreshAsync(source, cancellationToken);
        if (!refresh.IsGood)
        {
            HostLog.TrustNotRefreshed(logger, source.Name, refresh.Name, refresh.Detail);
            return AfterFailure;
        }

        HostLog.TrustRefreshed(logger, source.Name, refresh.Name, refresh.Detail);
        return Interval - (MaxJitter * jitter());
    }
}
