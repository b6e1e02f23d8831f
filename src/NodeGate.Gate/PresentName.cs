using NodeGate.Oci;

namespace NodeGate.Gate;

/// <summary>A name under which an image on the node is judged.</summary>
/// <param name="Reference">The name.</param>
/// <param name="Digest">A digest under which it may have been admitted; null where none is known.</param>
/// <param name="Fault">Why the name says nothing about the image, or null: it is no way to admit it, whatever rule matches it.</param>
internal sealed record PresentName(ImageReference Reference, Digest? Digest, string? Fault = null);
