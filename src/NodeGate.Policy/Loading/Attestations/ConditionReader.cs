using System.Collections.Immutable;
using NodeGate.Policy.Conditions;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading.Attestations;

/// <summary>Reads a condition: a path, and exactly one operator with its operand.</summary>
internal static class ConditionReader
{
    private const string Shape = "a condition: {path: /json/pointer, and exactly one of equals, notEquals, in, matches, exists, contains, olderThan, newerThan, semver}";
    private const string Value = "a text, a number, or true or false; what is in quotes is a text";
    private static readonly ImmutableArray<string> Operators =
        ["equals", "notEquals", "in", "matches", "exists", "contains", "olderThan", "newerThan", "semver"];

    /// <summary>The keys of a condition.</summary>
    public static ImmutableArray<string> Keys { get; } = ["path", .. Operators];

    public static PredicateCondition? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.None, errors) is not { } condition)
        {
            return null;
        }

        var path = ReadPath(condition, errors);
        var operators = Operators.Where(condition.Has).ToArray();
        if (operators.Length != 1)
        {
            errors.Add(node.Position, operators.Length == 0 ? "a condition without an operator" : string.Join(" and ", operators.Select(o => $"'{o}'")), Shape);
            return null;
        }

        var test = ReadTest(condition, operators[0], condition.Optional(operators[0])!, errors);
        return path is null || test is null ? null : new PredicateCondition(path, test);
    }

    private static JsonPointer? ReadPath(MappingReader condition, ErrorList errors)
    {
        const string Expected = "a JSON pointer into the predicate (RFC 6901), such as /buildDefinition/buildType; '~1' is a '/' in a name, '~0' a '~'";
        if (condition.Line(condition.Required("path", $"'path: …', {Expected}"), Expected) is not { } path)
        {
            return null;
        }

        if (!JsonPointer.TryParse(path.Text, out var pointer))
        {
            errors.Add(path.Position, Quote.Of(path.Text), Expected);
        }

        return pointer;
    }

    private static ConditionTest? ReadTest(MappingReader condition, string name, YamlNode operand, ErrorList errors) => name switch
    {
        "equals" => ReadValue(condition, operand) is { } value ? new EqualsTest(value) : null,
        "notEquals" => ReadValue(condition, operand) is { } value ? new NotEqualsTest(value) : null,
        "contains" => ReadValue(condition, operand) is { } value ? new ContainsTest(value) : null,
        "in" => ReadIn(condition, operand),
        "matches" => condition.Regex(operand, "a regular expression for the whole text") is { } pattern ? new MatchesTest(pattern) : null,
        "exists" => condition.Flag(operand) is { } wanted ? new ExistsTest(wanted) : null,
        "semver" => ReadSemver(condition, operand, errors),
        _ => ReadAge(condition, operand, name is "olderThan", errors),
    };

    private static ConditionValue? ReadValue(MappingReader condition, YamlNode node) =>
        condition.Line(node, Value) is { } text ? ConditionValue.Of(text.Text, ((YamlScalar)node).IsPlain) : null;

    private static InTest? ReadIn(MappingReader condition, YamlNode node)
    {
        var items = condition.List(node, "a list of values, each " + Value, PolicyLimits.MaxConditionValues, nameof(PolicyLimits.MaxConditionValues));
        ImmutableArray<ConditionValue> values = [.. items.Select(i => ReadValue(condition, i)).OfType<ConditionValue>()];
        return values.IsEmpty ? null : new InTest(values);
    }

    private static SemverTest? ReadSemver(MappingReader condition, YamlNode node, ErrorList errors)
    {
        const string Expected = "a range of versions, such as \">=1.2.3 <2\"";
        if (condition.Line(node, Expected) is not { } text)
        {
            return null;
        }

        if (!SemanticRange.TryParse(text.Text, out var range))
        {
            errors.Add(text.Position, Quote.Of(text.Text), Expected);
        }

        return range is null ? null : new SemverTest(range);
    }

    private static AgeTest? ReadAge(MappingReader condition, YamlNode node, bool isOlder, ErrorList errors)
    {
        const string Expected = "a duration in days, hours, minutes or seconds, such as 30d, 12h, 15m or 90s";
        if (condition.Line(node, Expected) is not { } text)
        {
            return null;
        }

        if (ConditionDuration.TryParse(text.Text, out var age))
        {
            return new AgeTest(age, text.Text, isOlder);
        }

        errors.Add(text.Position, Quote.Of(text.Text), Expected);
        return null;
    }
}
