namespace NodeGate.Host.Control;

/// <summary>What containerd's image-verifier plugin asks about.</summary>
/// <param name="Name">The image as containerd names it.</param>
/// <param name="Digest">What it resolved to.</param>
internal sealed record VerifyImageRequest(string Name, string Digest);
