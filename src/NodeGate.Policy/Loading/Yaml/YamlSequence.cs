using System.Collections.Immutable;

namespace NodeGate.Policy.Loading.Yaml;

/// <summary>A list.</summary>
public sealed class YamlSequence(PolicyPosition position, ImmutableArray<YamlNode> items) : YamlNode(position)
{
    /// <summary>The items in their order.</summary>
    public ImmutableArray<YamlNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Describe() => Items.IsEmpty ? "an empty list" : "a list";
}
