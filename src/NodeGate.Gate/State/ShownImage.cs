namespace NodeGate.Gate.State;

/// <summary>An answer "present" to the kubelet.</summary>
/// <param name="Asked">The normalised reference, or the image ID, that was asked for.</param>
/// <param name="ImageId">The image ID that came back. Another image under the same reference is another question.</param>
/// <param name="ShownAt">When.</param>
internal sealed record ShownImage(string Asked, string ImageId, DateTimeOffset ShownAt);
