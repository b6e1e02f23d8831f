namespace NodeGate.Registry.Toml;

/// <summary>What a <see cref="TomlValue"/> holds.</summary>
internal enum TomlKind
{
    /// <summary>A string of any of the four forms.</summary>
    String,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A number, date or time, kept as written: no key that we read takes one.</summary>
    Other,

    /// <summary>An array.</summary>
    Array,

    /// <summary>A table, inline or not.</summary>
    Table,
}
