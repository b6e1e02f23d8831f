using System.Globalization;
using System.Text;

namespace NodeGate.CriProxy.Wire;

/// <summary>The percent-encoding of grpc-message (gRPC over HTTP/2, "Status-Message"; cri.md section 5.8).</summary>
internal static class GrpcMessageText
{
    /// <summary>UTF-8, and %XX for each byte outside 0x20 to 0x7E and for '%' itself.</summary>
    public static byte[] Encode(string message)
    {
        var utf8 = Encoding.UTF8.GetBytes(message);
        var escaped = utf8.Count(MustEscape);
        if (escaped == 0)
        {
            return utf8;
        }

        var result = new byte[utf8.Length + (escaped * 2)];
        var written = 0;
        foreach (var b in utf8)
        {
            if (!MustEscape(b))
            {
                result[written++] = b;
                continue;
            }

            result[written++] = (byte)'%';
            b.TryFormat(result.AsSpan(written), out var digits, "X2", CultureInfo.InvariantCulture);
            written += digits;
        }

        return result;
    }

    /// <summary>Never fails: what is no valid escape stands for itself.</summary>
    public static string Decode(ReadOnlySpan<byte> encoded)
    {
        if (!encoded.Contains((byte)'%'))
        {
            return Encoding.UTF8.GetString(encoded);
        }

        var result = new byte[encoded.Length];
        var written = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == (byte)'%' && i + 2 < encoded.Length
                && char.IsAsciiHexDigit((char)encoded[i + 2]) && byte.TryParse(encoded.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                result[written++] = value;
                i += 2;
            }
            else
            {
                result[written++] = encoded[i];
            }
        }

        return Encoding.UTF8.GetString(result.AsSpan(0, written));
    }

    private static bool MustEscape(byte b) => b is < 0x20 or > 0x7E or (byte)'%';
}
