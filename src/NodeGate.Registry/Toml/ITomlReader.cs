namespace NodeGate.Registry.Toml;

/// <summary>Reads TOML. The seam at which a package could take the place of <see cref="TomlReader"/>.</summary>
internal interface ITomlReader
{
    /// <exception cref="TomlException">It is not TOML; the message begins with the line.</exception>
    TomlTable Read(ReadOnlyMemory<byte> utf8);
}
