namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>
/// Decodes RFC 7541 appendix B. That code is canonical: the lengths alone give the codes, shorter first, then by symbol.
/// We never encode with it: on a unix socket the bytes are cheaper than the time.
/// </summary>
internal static class HpackHuffman
{
    private const int EndOfString = 256;
    private const int MaxLength = 30;

    private static readonly short[] Symbols = new short[257];

    // For each length: the first code of the next longer one, left-aligned in 32 bits (codes below it are this long or shorter).
    private static readonly uint[] Limits = new uint[MaxLength + 1];
    private static readonly uint[] FirstCodes = new uint[MaxLength + 1];
    private static readonly int[] FirstSymbols = new int[MaxLength + 1];

    // Symbol and length for every first byte that holds a whole code: all of lower-case text and digits.
    private static readonly ushort[] ShortCodes = new ushort[256];

    static HpackHuffman()
    {
        var lengths = Lengths;
        uint code = 0;
        var count = 0;
        for (var length = 1; length <= MaxLength; length++)
        {
            code <<= 1;
            FirstCodes[length] = code;
            FirstSymbols[length] = count;
            for (var symbol = 0; symbol <= EndOfString; symbol++)
            {
                if (lengths[symbol] != length)
                {
                    continue;
                }

                Symbols[count++] = (short)symbol;
                if (length <= 8)
                {
                    var from = (int)(code << (8 - length));
                    for (var i = 0; i < 1 << (8 - length); i++)
                    {
                        ShortCodes[from + i] = (ushort)((symbol << 4) | length);
                    }
                }

                code++;
            }

            Limits[length] = length == MaxLength ? uint.MaxValue : code << (32 - length);
        }
    }

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <summary>The most bytes that <paramref name="encodedLength"/> bytes can decode to (the shortest code has 5 bits).</summary>
    public static int MaxDecodedLength(int encodedLength) => (encodedLength * 8 / 5) + 1;

    /// <summary>Decodes into <paramref name="target"/> and answers the length.</summary>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> target)
    {
        ulong bits = 0;
        var available = 0;
        var position = 0;
        var written = 0;
        while (true)
        {
            while (available <= 56 && position < encoded.Length)
            {
                bits |= (ulong)encoded[position++] << (56 - available);
                available += 8;
            }

            if (available == 0)
            {
                return written;
            }

            var next = ShortCodes[(int)(bits >> 56)];
            var length = next & 0xF;
            int symbol;
            if (length != 0 && length <= available)
            {
                symbol = next >> 4;
            }
            else
            {
                (symbol, length) = DecodeLong((uint)(bits >> 32));
                if (length > available)
                {
                    // RFC 7541 section 5.2: padding is shorter than 8 bits and all ones.
                    var padding = bits >> (64 - available);
                    if (available > 7 || padding != (1UL << available) - 1)
                    {
                        throw new HpackException("a Huffman-coded string ends with wrong padding");
                    }

                    return written;
                }
            }

            if (symbol == EndOfString)
            {
                throw new HpackException("a Huffman-coded string holds the end-of-string symbol");
            }

            target[written++] = (byte)symbol;
            bits <<= length;
            available -= length;
        }
    }

    private static (int Symbol, int Length) DecodeLong(uint window)
    {
        for (var length = 5; length < MaxLength; length++)
        {
            if (window < Limits[length])
            {
                return At(window, length);
            }
        }

        return At(window, MaxLength);
    }

    private static (int Symbol, int Length) At(uint window, int length) =>
        (Symbols[FirstSymbols[length] + (int)((window >> (32 - length)) - FirstCodes[length])], length);
}
