using System.Globalization;
using System.Text;

namespace NodeGate.Verification.Strict;

/// <summary>Quotes a stranger's text in a message: shortened, and with nothing in it that could forge a log line or confuse a terminal.</summary>
public static class Shown
{
    private const int Longest = 100;

    /// <summary>The text in quotes.</summary>
    public static string Text(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (c is >= ' ' and <= '~')
            {
                shown.Append(c);
            }
            else
            {
                shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return shown.Append(text.Length > Longest ? "…'" : "'").ToString();
    }

    /// <summary>A time to the second, in UTC (RFC 3339): the one way in which messages write it.</summary>
    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
