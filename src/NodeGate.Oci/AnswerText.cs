using System.Globalization;
using System.Text;

namespace NodeGate.Oci;

/// <summary>
/// Makes a caller's or a registry's text fit for an answer. Kubelet and API server put it into events, logs and terminals: a line break would forge a
/// second line there, an escape sequence would rewrite the first, a bidirectional override would show one image name as another.
/// </summary>
public static class AnswerText
{
    /// <summary><paramref name="text"/> with each such character as a blank, cut at <paramref name="limit"/> characters.</summary>
    public static string Clean(ReadOnlySpan<char> text, int limit)
    {
        var clean = new StringBuilder(Math.Min(text.Length, limit) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > limit)
            {
                return clean.Append('…').ToString();
            }

            clean.Append(IsPlain(rune) ? rune.ToString() : " ");
        }

        return clean.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
