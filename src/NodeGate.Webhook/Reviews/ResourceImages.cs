using System.Collections.Immutable;

namespace NodeGate.Webhook.Reviews;

/// <summary>Where the images of a kind stand that is not built in (the key <c>webhook.resources</c>).</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Kind">The kind.</param>
/// <param name="PodSpecs">Paths to pod specifications within it.</param>
/// <param name="Images">Paths to single image references.</param>
public sealed record ResourceImages(string Group, string Kind, ImmutableArray<ObjectPath> PodSpecs, ImmutableArray<ObjectPath> Images);
