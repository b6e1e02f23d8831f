using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary><c>contains</c>: a list that has the value. No part of a text: <c>matches</c> says what the whole of it must be.</summary>
internal sealed record ContainsTest(ConditionValue Value) : ConditionTest
{
    public override string Operator => "contains";

    public override ImmutableArray<string> Operands => [Value.ToString()];

    public override bool Holds(JsonElement? found, DateTimeOffset now) =>
        found is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().Any(Value.IsEqual);

    public override string ToString() => $"contains {Value}";
}
