namespace NodeGate.CriProxy.Wire;

/// <summary>The grpc-timeout field: 1 to 8 digits and a unit (gRPC over HTTP/2, "Timeout").</summary>
internal static class GrpcTimeout
{
    /// <summary>What a longer timeout counts as: 27 years of hours would overflow every timer.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(40);

    public static bool TryParse(ReadOnlySpan<byte> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9)
        {
            return false;
        }

        long value = 0;
        foreach (var b in text[..^1])
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (b - '0');
        }

        // Ticks of 100 ns for each unit; nanoseconds are rounded up, so that 1n is not "already over".
        long? ticks = text[^1] switch
        {
            (byte)'H' => value * TimeSpan.TicksPerHour,
            (byte)'M' => value * TimeSpan.TicksPerMinute,
            (byte)'S' => value * TimeSpan.TicksPerSecond,
            (byte)'m' => value * TimeSpan.TicksPerMillisecond,
            (byte)'u' => value * TimeSpan.TicksPerMicrosecond,
            (byte)'n' => (value + 99) / 100,
            _ => null,
        };
        if (ticks is not { } known)
        {
            return false;
        }

        timeout = TimeSpan.FromTicks(Math.Min(known, Max.Ticks));
        return true;
    }
}
