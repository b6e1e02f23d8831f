using System.Buffers.Binary;

namespace NodeGate.Fuzz.Mutations;

/// <summary>Changes bytes without knowing what they mean.</summary>
internal static class ByteMutation
{
    private static readonly long[] Interesting =
        [0, 1, -1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 1023, 1024, 4095, 4096, 32767, 65535, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    public static byte[] Apply(byte[] input, Random random)
    {
        if (input.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        var at = random.Next(input.Length);
        return random.Next(8) switch
        {
            0 => With(input, at, (byte)(input[at] ^ (1 << random.Next(8)))),
            1 => With(input, at, (byte)random.Next(256)),
            2 => Insert(input, at, RandomBytes(random, random.Next(1, 9))),
            3 => Delete(input, at, random.Next(1, Math.Min(17, input.Length - at + 1))),
            4 => Duplicate(input, at, random),
            5 => Overwrite(input, at, Integer(random)),
            6 => With(input, at, (byte)(input[at] + (random.Next(2) == 0 ? 1 : -1))),
            _ => random.Next(2) == 0 ? input[..at] : input[at..],
        };
    }

    /// <summary>The beginning of one input and the end of another.</summary>
    public static byte[] Splice(byte[] left, byte[] right, Random random) =>
        [.. left.AsSpan(0, random.Next(left.Length + 1)), .. right.AsSpan(random.Next(right.Length + 1))];

    public static byte[] Insert(ReadOnlySpan<byte> input, int at, ReadOnlySpan<byte> inserted) => [.. input[..at], .. inserted, .. input[at..]];

    public static byte[] Delete(ReadOnlySpan<byte> input, int at, int count) => [.. input[..at], .. input[(at + count)..]];

    private static byte[] With(byte[] input, int at, byte value)
    {
        var changed = (byte[])input.Clone();
        changed[at] = value;
        return changed;
    }

    private static byte[] Duplicate(byte[] input, int at, Random random)
    {
        var run = input.AsSpan(at, random.Next(1, Math.Min(65, input.Length - at + 1)));
        return Insert(input, random.Next(input.Length + 1), run);
    }

    private static byte[] Overwrite(byte[] input, int at, ReadOnlySpan<byte> value)
    {
        var changed = (byte[])input.Clone();
        value[..Math.Min(value.Length, input.Length - at)].CopyTo(changed.AsSpan(at));
        return changed;
    }

    private static byte[] Integer(Random random)
    {
        var value = Interesting[random.Next(Interesting.Length)];
        var bytes = new byte[8];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            return bytes[^(1 << random.Next(4))..];
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..(1 << random.Next(4))];
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
