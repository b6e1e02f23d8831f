using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NodeGate.Verification.Strict;

namespace NodeGate.Policy.Conditions;

/// <summary>
/// <c>olderThan</c> and <c>newerThan</c>: a time (RFC 3339, with its zone) at least, or at most, so long ago. A time that has not come yet is
/// neither: a build that claims to be of tomorrow would stay new for ever.
/// </summary>
internal sealed record AgeTest(TimeSpan Age, string Written, bool IsOlder) : ConditionTest
{
    public override string Operator => IsOlder ? "olderThan" : "newerThan";

    public override ImmutableArray<string> Operands => [Age.Ticks.ToString(CultureInfo.InvariantCulture)];

    public override bool Holds(JsonElement? found, DateTimeOffset now) =>
        found is { ValueKind: JsonValueKind.String } text
        && StrictTime.TryParse(text.GetString()!, out var time)
        && time <= now
        && (IsOlder ? now - time >= Age : now - time <= Age);

    public override string ToString() => $"{Operator} {Written}";
}
