namespace NodeGate.Registry.Toml;

/// <summary>A document is not TOML, or a value in it is not what its key takes.</summary>
internal sealed class TomlException(int line, string message) : FormatException($"line {line}: {message}")
{
    internal int Line { get; } = line;
}
