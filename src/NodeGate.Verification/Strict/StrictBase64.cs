using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Verification.Strict;

/// <summary>
/// Base64 with the standard alphabet and padding (RFC 4648 section 4), of which every value has exactly one text: no white space, no
/// URL alphabet, no left-over bits (section 3.5). .NET's own decoders accept several spellings, and a second spelling is a second identity.
/// </summary>
internal static class StrictBase64
{
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64Chars(text, buffer, out var written))
        {
            return false;
        }

        // Encoding again finds what decoding drops: white space, and left-over bits ("AQJ=").
        // check: base64-canonical
        if (!Convert.ToBase64String(buffer, 0, written).AsSpan().SequenceEqual(text))
        {
            return false;
        }

        bytes = buffer[..written];
        return true;
    }
}
