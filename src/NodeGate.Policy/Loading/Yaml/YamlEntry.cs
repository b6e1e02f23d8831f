namespace NodeGate.Policy.Loading.Yaml;

/// <summary>One key of a mapping, where the key stands, and its value.</summary>
internal sealed record YamlEntry(string Key, PolicyPosition Position, YamlNode Value);
