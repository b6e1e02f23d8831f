using System.Collections.Immutable;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing;

/// <summary>
/// The keys of a mapping of another system. What is neither read nor on the list of what cannot change an answer is an error: to leave out
/// a key that nobody looked at could admit more than its author allowed.
/// </summary>
internal sealed record ForeignKeys
{
    /// <summary>What is expected there, for errors.</summary>
    public required string What { get; init; }

    /// <summary>The keys that are read.</summary>
    public required ImmutableArray<string> Read { get; init; }

    /// <summary>The keys that cannot change which images are admitted.</summary>
    public ImmutableArray<string> Ignored { get; init; } = [];

    /// <summary>The keys that are known and cannot be kept.</summary>
    public ImmutableDictionary<string, Refusal> Refused { get; init; } = ImmutableDictionary<string, Refusal>.Empty;

    /// <summary>Opens <paramref name="node"/>; null, with an error, where it is no mapping. A key without a value is as good as absent, as in Kubernetes.</summary>
    public MappingReader? Open(YamlNode node, ImportContext context)
    {
        if (node is not YamlMapping mapping)
        {
            context.Errors.Add(node, What);
            return null;
        }

        ImmutableArray<YamlEntry> entries = [.. mapping.Entries.Where(e => e.Value is not YamlScalar { IsNull: true })];
        foreach (var entry in entries)
        {
            if (Refused.TryGetValue(entry.Key, out var refusal))
            {
                context.Refuse(entry.Position, $"'{entry.Key}'", refusal);
            }
        }

        return MappingReader.Open(
            new YamlMapping(mapping.Position, entries), What, [.. Read, .. Ignored, .. Refused.Keys.Order(StringComparer.Ordinal)], LaterKeys.None, context.Errors);
    }
}
