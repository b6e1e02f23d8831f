namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>Prefixed integers (RFC 7541 section 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>No index, length or size that we accept is larger; it also bounds the number of continuation bytes.</summary>
    public const int MaxValue = 1 << 28;

    /// <summary>Reads the integer whose first byte stands at <paramref name="position"/>.</summary>
    public static int Read(ReadOnlySpan<byte> block, ref int position, int prefixBits)
    {
        var mask = (1 << prefixBits) - 1;
        var value = block[position++] & mask;
        if (value < mask)
        {
            return value;
        }

        for (var shift = 0; ; shift += 7)
        {
            if (position >= block.Length)
            {
                throw new HpackException("an integer ends in the middle");
            }

            // Four bytes of seven bits reach MaxValue; more would be padding with zeros or an overflow.
            if (shift > 28)
            {
                throw new HpackException("an integer is longer than 5 bytes");
            }

            var b = block[position++];
            var sum = value + ((long)(b & 0x7F) << shift);
            if (sum > MaxValue)
            {
                throw new HpackException($"an integer is larger than {MaxValue}");
            }

            value = (int)sum;
            if ((b & 0x80) == 0)
            {
                return value;
            }
        }
    }

    /// <summary>Writes <paramref name="value"/> behind the bits of <paramref name="first"/>; at most 6 bytes.</summary>
    public static int Write(Span<byte> target, byte first, int prefixBits, int value)
    {
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            target[0] = (byte)(first | value);
            return 1;
        }

        target[0] = (byte)(first | mask);
        var rest = value - mask;
        var written = 1;
        while (rest >= 0x80)
        {
            target[written++] = (byte)(0x80 | (rest & 0x7F));
            rest >>= 7;
        }

        target[written++] = (byte)rest;
        return written;
    }
}
