using NodeGate.Verification.Strict;

namespace NodeGate.Verification;

/// <summary>When a key, a log or an authority of a trust root is good (sigstore_common.proto, TimeRange). Both ends belong to it.</summary>
/// <param name="Start">From then on; null: since ever.</param>
/// <param name="End">Until then, that instant included; null: it has not ended.</param>
public sealed record ValidityPeriod(DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <summary>No limits: a key that a policy names without a period.</summary>
    public static ValidityPeriod Always { get; } = new(null, null);

    /// <summary>Whether <paramref name="time"/> is within, both ends included.</summary>
    public bool Contains(DateTimeOffset time) => !(time < Start) && !(time > End);

    /// <summary>Both ends in RFC 3339, for messages.</summary>
    public override string ToString() => $"from {Text(Start, "ever")} to {Text(End, "now on")}";

    private static string Text(DateTimeOffset? time, string none) =>
        time is { } known ? Shown.Time(known) : none;
}
