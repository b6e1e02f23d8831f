using System.Collections.Immutable;

namespace NodeGate.Gate;

/// <summary>An image that the runtime says is on the node.</summary>
/// <param name="Asked">The reference or image ID as the caller asked for it.</param>
/// <param name="Id">The image ID, <c>sha256:…</c> of the configuration.</param>
/// <param name="Names">Each name that the runtime has for it.</param>
public sealed record PresentImage(string Asked, string Id, ImmutableArray<ImageName> Names);
