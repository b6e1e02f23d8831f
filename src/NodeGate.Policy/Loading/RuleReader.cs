using System.Collections.Immutable;
using NodeGate.Policy.Loading.Attestations;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Reads an entry of <c>rules</c>.</summary>
internal static class RuleReader
{
    private const string Shape = "a rule: {name: …, images: […], require: {anyOf: […]}}";
    private const string Reason = "'{reason: …}': why, in one sentence for the people who meet this rule";
    private static readonly ImmutableArray<string> Keys = ["name", "images", "namespaces", "mode", "require", "attestations", "allow", "deny", "signedRepository"];

    public static RuleConfig? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.Rule, errors) is not { } rule)
        {
            return null;
        }

        var actions = new[] { "require", "allow", "deny" }.Where(rule.Has).ToArray();
        if (actions.Length != 1)
        {
            errors.Add(
                node.Position,
                actions.Length == 0 ? "a rule that does nothing" : string.Join(" and ", actions.Select(a => $"'{a}'")),
                "exactly one of 'require', 'allow' and 'deny'");
        }

        if (rule.Has("signedRepository") && !rule.Has("require"))
        {
            errors.Add(rule.Optional("signedRepository")!.Position, "'signedRepository' in a rule that requires no signature", "it together with 'require', or not at all");
        }

        if (rule.Has("attestations") && !rule.Has("require"))
        {
            errors.Add(rule.Optional("attestations")!.Position, "'attestations' in a rule that requires no signature", "them together with 'require', or not at all");
        }

        var attestations = rule.List(
            rule.Optional("attestations"), "a list of attestations", PolicyLimits.MaxAttestationsPerRule, nameof(PolicyLimits.MaxAttestationsPerRule));
        return new RuleConfig
        {
            Name = rule.Name(rule.Required("name", "'name: …', by which decisions name it"), "a name"),
            Position = node.Position,
            Images = ReadImages(rule),
            Namespaces = ReadNamespaces(rule, errors),
            Mode = DocumentReader.ReadMode(rule),
            Allow = ReadReason(rule, "allow", errors),
            Deny = ReadReason(rule, "deny", errors),
            Require = rule.Optional("require") is { } require ? RequireReader.Read(require, 1, errors) : null,
            Attestations = [.. attestations.Select(n => AttestationReader.Read(n, errors)).OfType<AttestationConfig>()],
            SignedRepository = rule.Text(
                rule.Optional("signedRepository"), "the repository that signatures name, such as 'ghcr.io/org/app'", PolicyLimits.MaxPatternLength),
        };
    }

    private static ImmutableArray<Located> ReadImages(MappingReader rule)
    {
        const string Expected = "a list of patterns, such as [\"ghcr.io/org/**\"]";
        var items = rule.List(
            rule.Required("images", "'images: […]', " + Expected), Expected, PolicyLimits.MaxPatternsPerRule, nameof(PolicyLimits.MaxPatternsPerRule));
        return [.. items.Select(i => rule.Text(i, "a pattern, such as 'ghcr.io/org/**'", PolicyLimits.MaxPatternLength)).OfType<Located>()];
    }

    private static NamespacesConfig? ReadNamespaces(MappingReader rule, ErrorList errors)
    {
        const string Expected = "{include: […], exclude: […]}, one of them at least";
        if (rule.Optional("namespaces") is not { } node
            || MappingReader.Open(node, Expected, ["include", "exclude"], LaterKeys.None, errors) is not { } namespaces)
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

    private static string? ReadReason(MappingReader rule, string key, ErrorList errors)
    {
        if (rule.Optional(key) is not { } node || MappingReader.Open(node, Reason, ["reason"], LaterKeys.None, errors) is not { } action)
        {
            return null;
        }

        return action.Line(action.Required("reason", Reason), "a sentence")?.Text;
    }
}
