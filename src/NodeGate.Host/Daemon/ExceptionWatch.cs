using Microsoft.Extensions.Logging;
using NodeGate.Policy;
using NodeGate.Verification.Strict;

namespace NodeGate.Host.Daemon;

/// <summary>Warns of the policy's exceptions that end soon or have ended: when a policy is loaded, and once a day.</summary>
/// <param name="policy">The policy in force, asked anew each time.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is said.</param>
internal sealed class ExceptionWatch(Func<PolicyModel> policy, TimeProvider time, ILogger<ExceptionWatch> logger)
{
    /// <summary>How long before its end an exception is warned of.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Repeat = TimeSpan.FromDays(1);

    private (string Revision, DateTimeOffset At)? _said;

    /// <summary>The exceptions that end within two weeks or have ended, first the one that ends first.</summary>
    internal static IEnumerable<PolicyExemption> EndingSoon(PolicyModel policy, DateTimeOffset now) =>
        policy.Exemptions.Where(exemption => exemption.Expires - now <= Ahead).OrderBy(exemption => exemption.Expires);

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
        foreach (var exemption in EndingSoon(current, now))
        {
            if (exemption.Expires <= now)
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
