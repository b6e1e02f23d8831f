using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Verification.Strict;

/// <summary>
/// Base64 with the standard alphabet and padding (RFC 4648 section 4), of which every value has exactly one text: no white space, no
/// URL alphabet, no left-over bits (section 3.5). .NET's own decoders accept several spellings, and a second spelling is a second identity.
/// </summary>
internal static class StrictBase64
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>The most characters that <paramref name="bytes"/> bytes can take.</summary>
    public static int EncodedLength(int bytes) => Base64.GetMaxEncodedToUtf8Length(bytes);

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        // Without this .NET would skip white space.
        if (text.Length % 4 != 0 || text.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        var buffer = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(text, buffer, out var written))
        {
            return false;
        }

        // Encoding again finds left-over bits ("AQJ=") that decoding drops.
        if (!Convert.ToBase64String(buffer, 0, written).AsSpan().SequenceEqual(text))
        {
            return false;
        }

        bytes = buffer[..written];
        return true;
    }
}
