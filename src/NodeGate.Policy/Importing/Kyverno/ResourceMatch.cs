using System.Collections.Immutable;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Reads the <c>match</c> and <c>exclude</c> of a rule: all pods, or those of some namespaces.</summary>
internal static class ResourceMatch
{
    private const string ByHand = "'kinds: [Pod]' and 'namespaces' alone; a rule by hand with 'namespaces' where that says it";

    private static readonly Refusal NotSeen = new("a node sees the image and the namespace of a pod, not its labels, its owner or who made it", ByHand);

    private static readonly ForeignKeys Filter = new()
    {
        What = "a filter: {resources: {kinds: [Pod], namespaces: […]}}",
        Read = ["resources"],
        Refused = Refusals("subjects", "roles", "clusterRoles"),
    };

    private static readonly ForeignKeys Block = new() { What = "{any: […]} or {all: […]}", Read = ["any", "all", "resources"], Refused = Filter.Refused };

    private static readonly ForeignKeys Resources = new()
    {
        What = "resources: {kinds: [Pod], namespaces: […]}",
        Read = ["kinds", "namespaces", "operations"],
        Refused = Refusals("name", "names", "annotations", "selector", "namespaceSelector"),
    };

    /// <summary>The namespaces that are matched; empty for all.</summary>
    public static ImmutableArray<string> ReadMatch(YamlNode node, ImportContext context)
    {
        var filters = Filters(node, context);
        if (!filters.Any(f => f.HasPods))
        {
            context.Refuse(node.Position, "a rule that is not about pods", "a node sees the images of pods, whatever they belong to", ByHand);
        }

        var pods = filters.Where(f => f.HasPods).ToArray();
        return Array.Exists(pods, f => f.Namespaces.IsEmpty) ? [] : [.. pods.SelectMany(f => f.Namespaces).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The namespaces that are left out.</summary>
    public static ImmutableArray<string> ReadExclude(YamlNode node, ImportContext context)
    {
        var filters = Filters(node, context).Where(f => f.HasPods).ToArray();
        foreach (var filter in filters.Where(f => f.Namespaces.IsEmpty))
        {
            context.Refuse(filter.Position, "an 'exclude' of all pods", "the rule would never hold", "no such rule");
        }

        return [.. filters.SelectMany(f => f.Namespaces).Distinct(StringComparer.Ordinal)];
    }

    private static ImmutableArray<Found> Filters(YamlNode node, ImportContext context)
    {
        if (Block.Open(node, context) is not { } block)
        {
            return [];
        }

        if (block.Optional("resources") is { } resources and not YamlMapping { Entries.IsEmpty: true })
        {
            return [.. new[] { ReadResources(resources, context) }.OfType<Found>()];
        }

        if (block.Optional("all") is YamlSequence { Items.Length: > 1 } all)
        {
            context.Refuse(all.Position, "several filters below 'all'", "they are joined in ways that 'namespaces' does not have", ByHand);
        }

        var items = block.Optional("any") ?? block.Optional("all");
        return items is not YamlSequence list ? []
            : [.. list.Items.Select(i => Filter.Open(i, context)?.Optional("resources") is { } r ? ReadResources(r, context) : null).OfType<Found>()];
    }

    private static Found? ReadResources(YamlNode node, ImportContext context)
    {
        if (Resources.Open(node, context) is not { } resources)
        {
            return null;
        }

        if (resources.Optional("operations") is YamlSequence operations && !Texts(operations).Contains("CREATE"))
        {
            context.Refuse(operations.Position, "operations without CREATE", "a pod's images are pulled when it was created", "no 'operations'");
        }

        var kinds = Texts(resources.Optional("kinds"));
        ImmutableArray<string> namespaces = [.. Texts(resources.Optional("namespaces"))];
        foreach (var name in namespaces.Where(n => n.Length == 0 || !n.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '*')))
        {
            context.Refuse(
                node.Position,
                $"the namespace {Quote.Of(name)}",
                "NodeGate has '*' as its only wildcard there",
                "namespaces with '*', or each by its name");
        }

        return new Found(node.Position, kinds.Length == 0 || kinds.Any(k => k is "Pod" or "*" || k.EndsWith("/Pod", StringComparison.Ordinal)), namespaces);
    }

    private static string[] Texts(YamlNode? node) => [.. ((node as YamlSequence)?.Items ?? []).OfType<YamlScalar>().Select(s => s.Text)];

    private static ImmutableDictionary<string, Refusal> Refusals(params ReadOnlySpan<string> keys)
    {
        var refusals = ImmutableDictionary.CreateBuilder<string, Refusal>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            refusals.Add(key, NotSeen);
        }

        return refusals.ToImmutable();
    }

    private sealed record Found(PolicyPosition Position, bool HasPods, ImmutableArray<string> Namespaces);
}
