namespace NodeGate.Policy.Loading.Yaml;

/// <summary>A scalar as text.</summary>
public sealed class YamlScalar(PolicyPosition position, string text, bool isPlain) : YamlNode(position)
{
    /// <summary>The text, unquoted.</summary>
    public string Text { get; } = text;

    /// <summary>Not quoted and not a block.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>YAML's null: the key is there and its value is not.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null");

    /// <inheritdoc/>
    public override string Describe() => IsNull || Text.Length == 0 ? "nothing" : Quote.Of(Text);
}
