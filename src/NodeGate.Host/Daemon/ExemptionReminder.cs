using Microsoft.Extensions.Logging;
using NodeGate.Policy;
using NodeGate.Verification.Strict;

namespace NodeGate.Host.Daemon;

/// <summary>Warns of the policy's exceptions that end soon or have ended: when a policy is loaded, and once a day.</summary>
/// <param name="policy">The policy in force, asked anew each time.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is said.</param>
internal sealed class ExemptionReminder(Func<PolicyModel> policy, TimeProvider time, ILogger<ExemptionReminder> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Repeat = TimeSpan.FromDays(1);

    private (string Revision, DateTimeOffset At)? _said;

    /// <summary>The exceptions that end soon or have ended, first the one that ends first.</summary>
    internal static IEnumerable<ExemptionDeadline> EndingSoon(PolicyModel policy, DateTimeOffset now) =>
        ExemptionWatch.Of(policy, now).Where(deadline => deadline.HasEnded || deadline.EndsSoon);

    /// <summary>Runs until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        do
        {
            Warn(policy(), time.GetUtcNow());
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private void Warn(PolicyModel current, DateTimeOffset now)
    {
        if (_said is { } said && said.Revision == current.Revision && now - said.At < Repeat)
        {
            return;
        }

        _said = (current.Revision, now);
        foreach (var deadline in EndingSoon(current, now))
        {
            var exemption = deadline.Exemption;
            if (deadline.HasEnded)
            {
                HostLog.ExceptionEnded(logger, exemption.Name, exemption.Owner, Shown.Time(exemption.Expires));
            }
            else
            {
                HostLog.ExceptionEndsSoon(logger, exemption.Name, exemption.Owner, Shown.Time(exemption.Expires));
            }
        }
    }
}
