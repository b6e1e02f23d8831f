using System.Collections.Immutable;

namespace NodeGate.Policy.Loading.Yaml;

/// <summary>A list.</summary>
internal sealed class YamlSequence(PolicyPosition position, ImmutableArray<YamlNode> items) : YamlNode(position)
{
    public ImmutableArray<YamlNode> Items { get; } = items;

    public override string Describe() => Items.IsEmpty ? "an empty list" : "a list";
}
