namespace NodeGate.Policy.Loading.Yaml;

/// <summary>One key of a mapping, where the key stands, and its value.</summary>
public sealed record YamlEntry(string Key, PolicyPosition Position, YamlNode Value);
