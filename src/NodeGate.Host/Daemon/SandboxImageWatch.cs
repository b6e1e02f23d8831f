using Microsoft.Extensions.Logging;
using NodeGate.CriProxy;
using NodeGate.Host.Control;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>
/// Keeps the verdict on the image that containerd starts every pod with: judged at start, when the policy changes, when containerd comes back, and
/// every five minutes, for its configuration can change without a word.
/// </summary>
/// <param name="examine">Finds and judges the image.</param>
/// <param name="revision">The revision of the policy in force.</param>
/// <param name="isReachable">Whether containerd takes connections.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where a new verdict is said.</param>
internal sealed class SandboxImageWatch(
    Func<CancellationToken, Task<SandboxImageReport>> examine, Func<string> revision, Func<bool> isReachable, TimeProvider time, ILogger<SandboxImageWatch> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(5);

    private volatile StatusReport.SandboxImagePart? _current;
    private (string Revision, DateTimeOffset At)? _judged;

    /// <summary>The last verdict; null before the first.</summary>
    internal StatusReport.SandboxImagePart? Current => _current;

    /// <summary>Runs until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        do
        {
            var now = (revision(), time.GetUtcNow());
            if (!isReachable())
            {
                // It may come back with another configuration.
                _judged = null;
            }
            else if (_judged is not { } judged || judged.Revision != now.Item1 || now.Item2 - judged.At >= Repeat)
            {
                _judged = now;
                await JudgeAsync(cancellationToken);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>How the report stands in status, metric and doctor.</summary>
    internal static StatusReport.SandboxImagePart Describe(SandboxImageReport report) => report.Decision is { } decision
        ? new StatusReport.SandboxImagePart(report.Reference, decision.Effective.Outcome, decision.Effective.Reason.ToString(), decision.Effective.Message)
        : new StatusReport.SandboxImagePart(
            report.Reference,
            nameof(Decision.Undetermined),
            report is { Reference: not null, Image: null } ? nameof(DecisionReason.ImageNotFound) : nameof(DecisionReason.InternalError),
            report.Problem ?? "");

    private async Task JudgeAsync(CancellationToken cancellationToken)
    {
        StatusReport.SandboxImagePart next;
        try
        {
            next = Describe(await examine(cancellationToken));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A verdict that nobody could make must not end the daemon.
            HostLog.NotJudged(logger, fault, "sandbox image", "");
            return;
        }

        if (next == _current)
        {
            return;
        }

        _current = next;
        if (next.Decision == nameof(Decision.Admitted))
        {
            HostLog.SandboxImageAdmitted(logger, next.Image ?? "", next.Reason, next.Message);
        }
        else
        {
            HostLog.SandboxImageNotAdmitted(logger, next.Image ?? "(not known)", next.Decision, next.Reason, next.Message);
        }
    }
}
