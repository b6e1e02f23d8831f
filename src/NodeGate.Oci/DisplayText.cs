namespace NodeGate.Oci;

/// <summary>
/// Somebody else's text inside a message of ours. Whatever is not printable ASCII becomes '?': control characters would forge log lines,
/// direction marks would turn a message round. Shortened, since a message must not grow with what an attacker sends.
/// </summary>
internal static class DisplayText
{
    private const int MaxLength = 200;

    internal static string Of(ReadOnlySpan<char> text)
    {
        var shown = text.Length <= MaxLength ? text : text[..MaxLength];
        Span<char> buffer = stackalloc char[MaxLength];
        for (var i = 0; i < shown.Length; i++)
        {
            buffer[i] = shown[i] is >= ' ' and <= '~' ? shown[i] : '?';
        }

        return text.Length <= MaxLength ? buffer[..shown.Length].ToString() : string.Concat(buffer, "...");
    }
}
