using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Registry.Toml;

/// <summary>A table whose entries keep the order of the file: the order of hosts is a meaning of <c>hosts.toml</c>.</summary>
internal sealed class TomlTable
{
    private readonly Dictionary<string, TomlValue> _byKey = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, TomlValue>> _entries = [];

    internal IReadOnlyList<KeyValuePair<string, TomlValue>> Entries => _entries;

    /// <summary>A header of its own was seen; a second one is an error.</summary>
    internal bool IsDefined { get; set; }

    /// <summary>Made by an inline table or a dotted key: no header may add to it.</summary>
    internal bool IsClosed { get; set; }

    internal bool TryGet(string key, [NotNullWhen(true)] out TomlValue? value) => _byKey.TryGetValue(key, out value);

    internal void Add(string key, TomlValue value, int line)
    {
        // TOML forbids duplicates; two readers that keep different ones would follow different mirrors.
        if (!_byKey.TryAdd(key, value))
        {
            throw new TomlException(line, $"'{key}' stands twice in the same table.");
        }

        _entries.Add(new(key, value));
    }
}
