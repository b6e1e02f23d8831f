using System.Text;

namespace NodeGate.Registry.Toml;

/// <summary>
/// TOML 1.0 as far as <c>hosts.toml</c> needs it: tables, dotted and quoted keys, the four string forms, booleans, arrays and inline
/// tables. Numbers and dates are recognised and kept as text; arrays of tables are refused.
/// </summary>
internal sealed class TomlReader : ITomlReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc/>
    public TomlTable Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > RegistryLimits.MaxHostsFileBytes)
        {
            throw new TomlException(1, $"the file has {utf8.Length} bytes; at most {RegistryLimits.MaxHostsFileBytes} are read.");
        }

        string text;
        try
        {
            text = StrictUtf8.GetString(utf8.Span);
        }
        catch (DecoderFallbackException e)
        {
            var line = 1 + utf8.Span[..Math.Clamp(e.Index, 0, utf8.Length)].Count((byte)'\n');
            throw new TomlException(line, "not valid UTF-8.");
        }

        return new TomlParser(text).ParseDocument();
    }
}
