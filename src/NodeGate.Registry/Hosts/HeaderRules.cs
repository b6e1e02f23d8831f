using System.Buffers;

namespace NodeGate.Registry.Hosts;

/// <summary>Which configured headers can be sent: RFC 9110 tokens as names, nothing that could end a header early as value.</summary>
internal static class HeaderRules
{
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Framing belongs to the connection; a configured one would desynchronise it. Host is what was dialled.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Trailer", "TE", "Cookie",
    };

    internal static bool IsToken(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(Token);

    internal static bool IsName(string name) => IsToken(name) && !Reserved.Contains(name);

    internal static bool IsValue(string value) => !value.AsSpan().ContainsAnyInRange('\0', '\u001f') && !value.AsSpan().ContainsAnyInRange('\u007f', '\uffff');
}
