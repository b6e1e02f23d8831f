using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Reads a <c>require</c>, nested freely within <see cref="PolicyLimits.MaxRequirementDepth"/>.</summary>
internal static class RequireReader
{
    private const string Shape = "the name of an authority, or exactly one of {anyOf: […]}, {allOf: […]} and {atLeast: {count: …, of: […]}}";

    /// <summary>The keys of a requirement that is not the name of an authority.</summary>
    public static ImmutableArray<string> Keys { get; } = ["anyOf", "allOf", "atLeast"];

    /// <summary>The keys of an <c>atLeast</c>.</summary>
    public static ImmutableArray<string> AtLeastKeys { get; } = ["count", "of"];

    public static RequireConfig? Read(YamlNode node, int depth, ErrorList errors)
    {
        if (depth > PolicyLimits.MaxRequirementDepth)
        {
            errors.Add(node.Position, "a requirement that is nested too deeply", $"at most {PolicyLimits.MaxRequirementDepth} levels (MaxRequirementDepth)");
            return null;
        }

        if (node is YamlScalar { IsNull: false, Text.Length: > 0 } name)
        {
            return new RequireConfig(node.Position, RequireKind.Authority, name.Text, 0, []);
        }

        if (MappingReader.Open(node, Shape, Keys, LaterKeys.None, errors) is not { } mapping)
        {
            return null;
        }

        var kinds = Keys.Where(mapping.Has).ToArray();
        if (kinds.Length != 1)
        {
            if (kinds.Length > 1 || node is YamlMapping { Entries.IsEmpty: true })
            {
                errors.Add(node.Position, kinds.Length == 0 ? "an empty mapping" : string.Join(" and ", kinds.Select(k => $"'{k}'")), Shape);
            }

            return null;
        }

        var value = mapping.Optional(kinds[0])!;
        return kinds[0] is "atLeast"
            ? ReadAtLeast(node, value, depth, errors)
            : List(node, kinds[0] is "anyOf" ? RequireKind.AnyOf : RequireKind.AllOf, 0, mapping, value, depth, errors);
    }

    private static RequireConfig? ReadAtLeast(YamlNode node, YamlNode value, int depth, ErrorList errors)
    {
        if (MappingReader.Open(value, "{count: …, of: […]}", AtLeastKeys, LaterKeys.None, errors) is not { } mapping)
        {
            return null;
        }

        var count = mapping.Count(mapping.Required("count", "'count: …', how many distinct signers are needed")) ?? 0;
        return mapping.Required("of", "'of: […]', whose signers are counted") is not { } of
            ? null
            : List(node, RequireKind.AtLeast, count, mapping, of, depth, errors);
    }

    private static RequireConfig? List(
        YamlNode node, RequireKind kind, int count, MappingReader mapping, YamlNode value, int depth, ErrorList errors)
    {
        // An empty list would be satisfied by nothing, or by everything: allOf of nobody holds in logic.
        var items = mapping.List(
            value, "a list of authorities or requirements, one at least", PolicyLimits.MaxRequirementMembers, nameof(PolicyLimits.MaxRequirementMembers));
        ImmutableArray<RequireConfig> members = [.. items.Select(i => Read(i, depth + 1, errors)).OfType<RequireConfig>()];
        return members.Length == 0 ? null : new RequireConfig(node.Position, kind, "", count, members);
    }
}
