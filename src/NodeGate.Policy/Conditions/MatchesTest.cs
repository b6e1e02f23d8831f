using System.Collections.Immutable;
using System.Text.Json;
using NodeGate.Verification;

namespace NodeGate.Policy.Conditions;

/// <summary><c>matches</c>: a text that the expression matches as a whole.</summary>
internal sealed record MatchesTest(TextPattern Pattern) : ConditionTest
{
    public override string Operator => "matches";

    public override ImmutableArray<string> Operands => [Pattern.Text];

    public override bool Holds(JsonElement? found, DateTimeOffset now) =>
        found is { ValueKind: JsonValueKind.String } text && Pattern.Matches(text.GetString()!);

    public override string ToString() => $"matches {Pattern}";
}
