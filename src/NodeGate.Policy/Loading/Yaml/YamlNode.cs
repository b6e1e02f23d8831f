namespace NodeGate.Policy.Loading.Yaml;

/// <summary>A node of a document, with its place. Plain data: no tags, anchors or types, so that a scalar is its text.</summary>
public abstract class YamlNode(PolicyPosition position)
{
    /// <summary>Where it stands.</summary>
    public PolicyPosition Position { get; } = position;

    /// <summary>What stands there, for an error.</summary>
    public abstract string Describe();
}
