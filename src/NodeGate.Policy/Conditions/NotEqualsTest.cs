using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary><c>notEquals</c>: the same type and another value.</summary>
internal sealed record NotEqualsTest(ConditionValue Value) : ConditionTest
{
    public override string Operator => "notEquals";

    public override ImmutableArray<string> Operands => [Value.ToString()];

    public override bool Holds(JsonElement? found, DateTimeOffset now) => found is { } value && Value.IsOfKind(value) && !Value.IsEqual(value);

    public override string ToString() => $"notEquals {Value}";
}
