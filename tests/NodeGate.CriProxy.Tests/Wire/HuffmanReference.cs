using System.Globalization;
using System.Text;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>A slow encoder of RFC 7541 appendix B, written as text of bits: symbols grouped by the length of their code, in order.</summary>
internal static class HuffmanReference
{
    private static readonly string[] Codes = Build();

    public static byte[] Encode(ReadOnlySpan<byte> text)
    {
        var bits = new StringBuilder();
        foreach (var b in text)
        {
            bits.Append(Codes[b]);
        }

        bits.Append('1', (8 - (bits.Length % 8)) % 8);
        var result = new byte[bits.Length / 8];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = byte.Parse(bits.ToString(i * 8, 8), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture);
        }

        return result;
    }

    private static string[] Build()
    {
        (int Length, int[] Symbols)[] groups =
        [
            (5, Chars("012aceiost")),
            (6, Chars(" %-./3456789=A_bdfghlmnpru")),
            (7, Chars(":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz")),
            (8, Chars("&*,;XZ")),
            (10, Chars("!\"()?")),
            (11, Chars("'+|")),
            (12, Chars("#>")),
            (13, [0, .. Chars("$@[]~")]),
            (14, Chars("^}")),
            (15, Chars("<`{")),
            (19, [92, 195, 208]),
            (20, [128, 130, 131, 162, 184, 194, 224, 226]),
            (21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]),
            (22, [129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233]),
            (23,
            [
                1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191,
                197, 231, 239,
            ]),
            (24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]),
            (25, [199, 207, 234, 235]),
            (26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]),
            (27, [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254]),
            (28,
            [
                2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249,
            ]),
            (30, [10, 13, 22, 256]),
        ];
        var codes = new string[257];
        long code = 0;
        var previous = 0;
        foreach (var (length, symbols) in groups)
        {
            code <<= length - previous;
            previous = length;
            foreach (var symbol in symbols)
            {
                codes[symbol] = Convert.ToString(code++, 2).PadLeft(length, '0');
            }
        }

        return codes;
    }

    private static int[] Chars(string text) => [.. text.Select(c => (int)c)];
}
