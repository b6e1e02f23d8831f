using System.Globalization;
using NodeGate.Policy;

namespace NodeGate.Host.Configuration;

/// <summary>Durations as Go and Kubernetes write them (<c>24h</c>, <c>1h30m</c>, <c>500ms</c>) and byte sizes (<c>100MiB</c>, <c>2G</c>).</summary>
internal static class Quantity
{
    private static readonly (string Unit, double Seconds)[] DurationUnits =
        [("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1), ("d", 86400)];

    private static readonly (string Unit, long Bytes)[] SizeUnits =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("", 1),
    ];

    /// <summary>Parses a positive duration of at most 3650 days.</summary>
    internal static bool TryParseDuration(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var seconds = 0.0;
        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept("0123456789.");
            if (digits <= 0
                || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || !TryTakeUnit(text[digits..], out var unit, out var unitSeconds))
            {
                return false;
            }

            seconds += number * unitSeconds;
            text = text[(digits + unit)..];
        }

        if (seconds is <= 0 or > 3650 * 86400.0)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Parses a size in bytes that is greater than zero.</summary>
    internal static bool TryParseSize(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        foreach (var (unit, factor) in SizeUnits)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && WholeNumber.TryParse(text[..^unit.Length], out var number)
                && number > 0 && number <= long.MaxValue / factor)
            {
                bytes = number * factor;
                return true;
            }
        }

        return false;
    }

    private static bool TryTakeUnit(ReadOnlySpan<char> text, out int length, out double seconds)
    {
        foreach (var (unit, value) in DurationUnits)
        {
            if (text.StartsWith(unit, StringComparison.Ordinal))
            {
                length = unit.Length;
                seconds = value;
                return true;
            }
        }

        length = 0;
        seconds = 0;
        return false;
    }
}
