using System.Collections.Immutable;

namespace NodeGate.Policy.Loading.Yaml;

/// <summary>A mapping with text keys, none of them twice.</summary>
public sealed class YamlMapping(PolicyPosition position, ImmutableArray<YamlEntry> entries) : YamlNode(position)
{
    /// <summary>The entries in their order.</summary>
    public ImmutableArray<YamlEntry> Entries { get; } = entries;

    /// <inheritdoc/>
    public override string Describe() => Entries.IsEmpty ? "an empty mapping" : "a mapping";
}
