using System.Globalization;
using System.Text;

namespace NodeGate.Policy.Importing.Native;

/// <summary>Writes another system's texts so that they stay texts: no line break, quote or '#' of a name can become a line of the policy.</summary>
internal static class YamlText
{
    /// <summary>A scalar: plain where nothing can be mistaken in it, else in double quotes with everything but printable ASCII escaped.</summary>
    public static string Scalar(string text) => IsPlain(text) ? text : Quoted(text);

    /// <summary>A scalar in double quotes.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append("\\n"),
                >= ' ' and <= '~' => quoted.Append((char)rune.Value),
                <= 0xFFFF => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A comment's text: one line of printable ASCII. YAML knows more line breaks (U+0085, U+2028) than a terminal.</summary>
    public static string Comment(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));

    /// <summary>A list in brackets.</summary>
    public static string List(IEnumerable<string> texts) => "[" + string.Join(", ", texts.Select(Scalar)) + "]";

    /// <summary>Words that begin with a letter and have no colon; what YAML takes for a truth value or nothing is quoted.</summary>
    private static bool IsPlain(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n");
}
