using System.Collections.Immutable;

namespace NodeGate.Registry.Toml;

/// <summary>One value with the line it begins on.</summary>
internal sealed class TomlValue
{
    private readonly object _value;

    private TomlValue(TomlKind kind, int line, object value)
    {
        Kind = kind;
        Line = line;
        _value = value;
    }

    internal TomlKind Kind { get; }

    internal int Line { get; }

    internal static TomlValue Of(string text, int line) => new(TomlKind.String, line, text);

    internal static TomlValue Of(bool value, int line) => new(TomlKind.Boolean, line, value);

    internal static TomlValue Other(string text, int line) => new(TomlKind.Other, line, text);

    internal static TomlValue Of(ImmutableArray<TomlValue> items, int line) => new(TomlKind.Array, line, items);

    internal static TomlValue Of(TomlTable table, int line) => new(TomlKind.Table, line, table);

    internal string AsString(string key) => Kind == TomlKind.String ? (string)_value : throw Unexpected(key, "a string");

    internal bool AsBoolean(string key) => Kind == TomlKind.Boolean ? (bool)_value : throw Unexpected(key, "true or false");

    internal ImmutableArray<TomlValue> AsArray(string key) =>
        Kind == TomlKind.Array ? (ImmutableArray<TomlValue>)_value : throw Unexpected(key, "an array");

    internal TomlTable AsTable(string key) => Kind == TomlKind.Table ? (TomlTable)_value : throw Unexpected(key, "a table");

    internal TomlException Unexpected(string key, string expected) => new(Line, $"'{key}' takes {expected}, found {Name(Kind)}.");

    private static string Name(TomlKind kind) => kind switch
    {
        TomlKind.String => "a string",
        TomlKind.Boolean => "a boolean",
        TomlKind.Array => "an array",
        TomlKind.Table => "a table",
        _ => "a number or date",
    };
}
