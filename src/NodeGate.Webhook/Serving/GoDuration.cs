using System.Globalization;

namespace NodeGate.Webhook.Serving;

/// <summary>
/// Durations as Go writes them (https://pkg.go.dev/time#ParseDuration), for the API server's <c>?timeout=10s</c>. Without a sign: a time that is left
/// is never negative.
/// </summary>
internal static class GoDuration
{
    private static readonly (string Name, double Ticks)[] Units =
    [
        ("ns", 0.01), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Parses <paramref name="text"/>: one or more numbers, each with its unit, longer than nothing in all and at most a day.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > ServingLimits.DurationLength)
        {
            return false;
        }

        var ticks = 0.0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            text = text[digits..];
            var end = text.IndexOfAny("0123456789.");
            var name = end < 0 ? text : text[..end];
            if (TicksOf(name) is not { } unit)
            {
                return false;
            }

            ticks += number * unit;
            text = text[name.Length..];
        }

        if (ticks is < 1 or > TimeSpan.TicksPerDay)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    private static double? TicksOf(ReadOnlySpan<char> name)
    {
        foreach (var unit in Units)
        {
            if (name.SequenceEqual(unit.Name))
            {
                return unit.Ticks;
            }
        }

        return null;
    }
}
