using System.Globalization;

namespace NodeGate.Registry.Hosts;

/// <summary>Durations as Go writes them (<c>1m30s</c>, <c>1.5h</c>, <c>300ms</c>): what <c>dial_timeout</c> takes.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        if (rest is "0")
        {
            return true;
        }

        var seconds = 0.0;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var length = rest.IndexOfAny("0123456789.");
            var unit = length < 0 ? rest : rest[..length];
            if (!TryFactor(unit, out var factor))
            {
                return false;
            }

            seconds += number * factor;
            rest = rest[unit.Length..];
        }

        // A day is far beyond any operation's deadline, and keeps the arithmetic away from overflow.
        if (text.Length == 0 || seconds > 86400)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static bool TryFactor(ReadOnlySpan<char> unit, out double factor)
    {
        foreach (var (name, seconds) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                factor = seconds;
                return true;
            }
        }

        factor = 0;
        return false;
    }
}
