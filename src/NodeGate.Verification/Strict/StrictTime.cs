using System.Globalization;
using System.Text.RegularExpressions;

namespace NodeGate.Verification.Strict;

/// <summary>Times as RFC 3339 writes them: seconds, fractions of any length, and always a zone. Without one a time would depend on the node's own.</summary>
public static partial class StrictTime
{
    private const int TickDigits = 7;

    /// <summary>Parses such a time; what is finer than .NET's 100 ns is cut off.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        var match = Shape().Match(text);
        if (!match.Success)
        {
            return false;
        }

        // Nanoseconds, which Go writes, do not fit .NET's ticks: they are cut off.
        var fraction = match.Groups["fraction"].Value;
        var ticks = fraction.Length == 0 ? string.Empty : "." + fraction[..Math.Min(fraction.Length, TickDigits)];
        return DateTimeOffset.TryParse(
            match.Groups["seconds"].Value + ticks + match.Groups["zone"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time);
    }

    [GeneratedRegex(@"\A(?<seconds>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?(?<zone>Z|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Shape();
}
