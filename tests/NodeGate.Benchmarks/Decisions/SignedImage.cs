namespace NodeGate.Benchmarks.Decisions;

/// <summary>An image that was never pulled yet.</summary>
internal sealed record SignedImage(string Repository, string Digest)
{
    internal const string Tag = "1.0";

    internal string ByTag => $"{Repository}:{Tag}";

    internal string ByDigest => $"{Repository}@{Digest}";
}
