using System.Globalization;
using System.Text;

namespace NodeGate.Host.Commands;

/// <summary>What a stranger wrote must not move the cursor of whoever reads it, nor turn a line round.</summary>
internal static class Terminal
{
    /// <summary><paramref name="text"/> on one line, with each control and format character as '?'.</summary>
    internal static string Line(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? "?" : rune.ToString());
        }

        return clean.ToString();
    }
}
