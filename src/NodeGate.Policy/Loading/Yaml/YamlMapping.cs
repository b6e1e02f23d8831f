using System.Collections.Immutable;

namespace NodeGate.Policy.Loading.Yaml;

/// <summary>A mapping with text keys, none of them twice.</summary>
internal sealed class YamlMapping(PolicyPosition position, ImmutableArray<YamlEntry> entries) : YamlNode(position)
{
    public ImmutableArray<YamlEntry> Entries { get; } = entries;

    public override string Describe() => Entries.IsEmpty ? "an empty mapping" : "a mapping";
}
