using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary><c>in</c>: one of the listed values.</summary>
internal sealed record InTest(ImmutableArray<ConditionValue> Values) : ConditionTest
{
    public override string Operator => "in";

    public override ImmutableArray<string> Operands => [.. Values.Select(v => v.ToString())];

    public override bool Holds(JsonElement? found, DateTimeOffset now) => found is { } value && Values.Any(v => v.IsEqual(value));

    public override string ToString() => $"in [{string.Join(", ", Values)}]";
}
