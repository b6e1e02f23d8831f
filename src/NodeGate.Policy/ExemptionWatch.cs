using System.Collections.Immutable;

namespace NodeGate.Policy;

/// <summary>Which exceptions end when: for what warns ahead of it in <c>lint</c>, logs and metrics.</summary>
public static class ExemptionWatch
{
    /// <summary>How long before its end an exception is warned of.</summary>
    public static TimeSpan WarnsAhead { get; } = TimeSpan.FromDays(14);

    /// <summary>Every exception of <paramref name="policy"/> with the time that it has left, the one that ends first coming first.</summary>
    public static ImmutableArray<ExemptionDeadline> Of(PolicyModel policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return [.. policy.Exemptions.OrderBy(e => e.Expires).ThenBy(e => e.Name, StringComparer.Ordinal).Select(e => new ExemptionDeadline(e, e.Expires - now))];
    }
}
