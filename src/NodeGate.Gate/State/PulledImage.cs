using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>An image that was pulled through the gate.</summary>
/// <param name="Reference">The normalised reference that was asked for.</param>
/// <param name="ImageId">The image ID that the runtime answered.</param>
/// <param name="Digest">The digest that was admitted; null where a static rule admitted a tag.</param>
/// <param name="PulledAt">When.</param>
public sealed record PulledImage(string Reference, string ImageId, Digest? Digest, DateTimeOffset PulledAt);
