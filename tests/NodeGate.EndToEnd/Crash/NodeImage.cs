namespace NodeGate.EndToEnd.Crash;

/// <summary>One image in the registry of a test.</summary>
/// <param name="Repository">127.0.0.1:PORT/NAME.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="Id">The digest of its configuration: what containerd calls the image.</param>
/// <param name="Manifest">The manifest's bytes, to push it again.</param>
/// <param name="IsSigned">The policy's key signed it.</param>
internal sealed record NodeImage(string Repository, string Digest, string Id, byte[] Manifest, bool IsSigned)
{
    /// <summary>repository@digest.</summary>
    public string Pinned => $"{Repository}@{Digest}";

    /// <summary>repository:tag.</summary>
    public string Tagged(string tag) => $"{Repository}:{tag}";
}
