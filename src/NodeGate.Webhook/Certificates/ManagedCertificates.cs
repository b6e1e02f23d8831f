using System.Net.Security;
using Microsoft.Extensions.Logging;
using NodeGate.Webhook.Kubernetes;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Certificates;

/// <summary>
/// Certificates of our own making, looked after at start and every hour. Where something fails, it is said with the fix and tried again,
/// less and less often; the last good certificate is served on.
/// </summary>
public sealed class ManagedCertificates : IServerCertificates
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly CertificateKeeper _keeper;
    private readonly TimeProvider _time;
    private readonly ILogger<ManagedCertificates> _logger;
    private Served? _served;
    private volatile string? _problem = "No certificate is there yet.";

    /// <summary>Creates it; nothing is asked before <see cref="RunAsync"/>.</summary>
    public ManagedCertificates(KubernetesClient client, SelfSignedOptions options, TimeProvider time, ILogger<ManagedCertificates> logger)
    {
        _keeper = new CertificateKeeper(client, options, time, step => CertificateLog.Step(logger, step));
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public SslStreamCertificateContext? Current => Volatile.Read(ref _served)?.Context;

    /// <inheritdoc/>
    public DateTimeOffset? Expires => Volatile.Read(ref _served)?.Pair.Expires;

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (true)
        {
            var kept = await _keeper.KeepAsync(cancellationToken);
            Take(kept);
            if (kept.Problems.IsEmpty)
            {
                retry = FirstRetry;
                await Task.Delay(Interval, _time, cancellationToken);
            }
            else
            {
                await Task.Delay(retry, _time, cancellationToken);
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }
        }
    }

    private void Take(KeptCertificates kept)
    {
        if (kept.Pair is { } pair && pair.Leaf.Thumbprint != Volatile.Read(ref _served)?.Pair.Leaf.Thumbprint)
        {
            Volatile.Write(ref _served, new Served(pair.ToContext(), pair));
            CertificateLog.Taken(_logger, pair.Leaf.SerialNumber, pair.Expires.ToString("u"));
        }

        var problem = kept.Problems.IsEmpty ? null : string.Join(' ', kept.Problems);
        if (problem is not null && problem != _problem)
        {
            CertificateLog.Problem(_logger, problem);
        }

        _problem = problem;
    }

    private sealed record Served(SslStreamCertificateContext Context, CertificatePair Pair);
}
