using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary><c>equals</c>: the same type and value.</summary>
internal sealed record EqualsTest(ConditionValue Value) : ConditionTest
{
    public override string Operator => "equals";

    public override ImmutableArray<string> Operands => [Value.ToString()];

    public override bool Holds(JsonElement? found, DateTimeOffset now) => found is { } value && Value.IsEqual(value);

    public override string ToString() => $"equals {Value}";
}
