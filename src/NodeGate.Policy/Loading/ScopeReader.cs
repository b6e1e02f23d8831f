using System.Collections.Immutable;

namespace NodeGate.Policy.Loading;

/// <summary>Reads <c>images</c> and <c>namespaces</c>: what a rule or an exception is about.</summary>
internal static class ScopeReader
{
    /// <summary>The keys of a <c>namespaces</c>.</summary>
    public static ImmutableArray<string> NamespacesKeys { get; } = ["include", "exclude"];

    public static ImmutableArray<Located> ReadImages(MappingReader mapping)
    {
        const string Expected = "a list of patterns, such as [\"ghcr.io/org/**\"]";
        var items = mapping.List(
            mapping.Required("images", "'images: […]', " + Expected), Expected, PolicyLimits.MaxPatternsPerRule, nameof(PolicyLimits.MaxPatternsPerRule));
        return [.. items.Select(i => mapping.Text(i, "a pattern, such as 'ghcr.io/org/**'", PolicyLimits.MaxPatternLength)).OfType<Located>()];
    }

    public static NamespacesConfig? ReadNamespaces(MappingReader mapping, ErrorList errors)
    {
        const string Expected = "{include: […], exclude: […]}, one of them at least";
        if (mapping.Optional("namespaces") is not { } node
            || MappingReader.Open(node, Expected, NamespacesKeys, LaterKeys.None, errors) is not { } namespaces)
        {
            return null;
        }

        if (!namespaces.Has("include") && !namespaces.Has("exclude"))
        {
            errors.Add(node, Expected);
        }

        return new NamespacesConfig(ReadPatterns(namespaces, "include", errors), ReadPatterns(namespaces, "exclude", errors));
    }

    private static ImmutableArray<string> ReadPatterns(MappingReader namespaces, string key, ErrorList errors)
    {
        const string Expected = "a namespace of lower-case letters, digits and '-', with '*' as its only wildcard";
        var patterns = ImmutableArray.CreateBuilder<string>();
        var items = namespaces.List(
            namespaces.Optional(key), "a list of namespaces, such as [\"prod-*\"]", PolicyLimits.MaxNamespacePatterns, nameof(PolicyLimits.MaxNamespacePatterns));
        foreach (var item in items)
        {
            if (namespaces.Text(item, Expected, PolicyLimits.MaxNamespaceLength) is not { } pattern)
            {
                continue;
            }

            if (pattern.Text.Contains("**", StringComparison.Ordinal)
                || !pattern.Text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '*'))
            {
                errors.Add(item, Expected);
            }
            else if (patterns.Contains(pattern.Text))
            {
                errors.Add(item, "each namespace once");
            }
            else
            {
                patterns.Add(pattern.Text);
            }
        }

        return patterns.DrainToImmutable();
    }
}
