using System.Collections.Immutable;

namespace NodeGate.Gate;

/// <summary>An image that the runtime says is on the node, as its ImageStatus answer describes it.</summary>
/// <param name="Asked">The reference or image ID as the caller asked for it.</param>
/// <param name="Id">The image ID, <c>sha256:…</c> of the configuration.</param>
/// <param name="RepoTags">The names with tags.</param>
/// <param name="RepoDigests">The names with digests.</param>
public sealed record PresentImage(string Asked, string Id, ImmutableArray<string> RepoTags, ImmutableArray<string> RepoDigests);
