using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary><c>exists</c>: there is something, also null; or there is nothing.</summary>
internal sealed record ExistsTest(bool Wanted) : ConditionTest
{
    public override string Operator => "exists";

    public override ImmutableArray<string> Operands => [Wanted ? "true" : "false"];

    public override bool Holds(JsonElement? found, DateTimeOffset now) => found is not null == Wanted;

    public override string ToString() => Wanted ? "exists: true" : "exists: false";
}
