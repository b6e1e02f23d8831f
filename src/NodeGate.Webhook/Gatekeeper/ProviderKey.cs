namespace NodeGate.Webhook.Gatekeeper;

/// <summary>A key of Gatekeeper: an image, or <c>[namespace]image</c>, for a key is all that a constraint can hand over.</summary>
/// <param name="Text">The key as it was written.</param>
/// <param name="Namespace">The namespace; null where none is named, and then rules that name namespaces do not match.</param>
/// <param name="Image">The image.</param>
internal sealed record ProviderKey(string Text, string? Namespace, string Image)
{
    private const int LongestNamespace = 63;

    /// <summary>Splits <paramref name="text"/>. What stands in brackets and can be no namespace is the address of a registry: <c>[::1]:5000/app</c>.</summary>
    internal static ProviderKey Of(string text)
    {
        var close = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        return close > 1 && close - 1 <= LongestNamespace && text.AsSpan(1, close - 1).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-") < 0
            ? new ProviderKey(text, text[1..close], text[(close + 1)..])
            : new ProviderKey(text, null, text);
    }
}
