namespace NodeGate.Webhook.Kubernetes;

/// <summary>
/// The names of objects, which stand in paths: whoever makes a pod chooses those of its secrets, its service account and its owner, and
/// <c>../../team-b/secrets/x</c> would be read with our rights.
/// </summary>
internal static class KubernetesName
{
    private const int MaxLabel = 63;
    private const int MaxName = 253;

    /// <summary>A DNS label (RFC 1123), as namespaces and services are named.</summary>
    internal static bool IsLabel(string text) =>
        text.Length is > 0 and <= MaxLabel && IsEdge(text[0]) && IsEdge(text[^1]) && text.All(c => IsEdge(c) || c == '-');

    /// <summary>A DNS subdomain (RFC 1123), as nearly everything else is: labels of any length with dots between.</summary>
    internal static bool IsName(string text) =>
        text.Length is > 0 and <= MaxName
        && text.Split('.').All(part => part.Length > 0 && IsEdge(part[0]) && IsEdge(part[^1]) && part.All(c => IsEdge(c) || c == '-'));

    private static bool IsEdge(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
