using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary><c>semver</c>: a version (Semantic Versioning 2.0.0) within a range.</summary>
internal sealed record SemverTest(SemanticRange Range) : ConditionTest
{
    public override string Operator => "semver";

    public override ImmutableArray<string> Operands => [Range.Text];

    public override bool Holds(JsonElement? found, DateTimeOffset now) =>
        found is { ValueKind: JsonValueKind.String } text && SemanticVersion.TryParse(text.GetString()!, out var version) && Range.Contains(version);

    public override string ToString() => $"semver '{Range.Text}'";
}
