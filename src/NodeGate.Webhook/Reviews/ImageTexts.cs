using NodeGate.Oci;

namespace NodeGate.Webhook.Reviews;

/// <summary>References as people write them.</summary>
internal static class ImageTexts
{
    /// <summary>
    /// <paramref name="text"/>, a reference without a digest, at <paramref name="digest"/>. What was written stays, the tag above all: people look for
    /// it in <c>kubectl get pods -o yaml</c>. Containerd takes the digest.
    /// </summary>
    internal static string Pin(string text, Digest digest)
    {
        // A colon before the last slash is that of a port.
        var hasTag = text.AsSpan(text.LastIndexOf('/') + 1).Contains(':');
        return $"{text}{(hasTag ? "" : ":latest")}@{digest}";
    }
}
