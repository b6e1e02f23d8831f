namespace NodeGate.EndToEnd.Flows;

/// <summary>An image in a registry: what a pod could write, and the digest behind its tag.</summary>
internal sealed record FlowImage(string Repository, string Digest)
{
    internal string ByTag => Repository + ":1";

    internal string ByDigest => $"{Repository}@{Digest}";

    internal string ByBoth => $"{Repository}:1@{Digest}";
}
