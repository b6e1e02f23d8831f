namespace NodeGate.CriProxy.Cri.Containers;

/// <summary>An image that a container would be made of.</summary>
/// <param name="Image">What containerd looks up: an ID or a name; empty where the caller names none.</param>
/// <param name="Written">The image as the pod says it (<c>user_specified_image</c>), or null where the caller does not tell.</param>
/// <param name="IsVolume">True for a volume's image, false for the container's own.</param>
internal sealed record AskedImage(string Image, string? Written, bool IsVolume)
{
    /// <summary>How it is named to people.</summary>
    public string Shown => Written ?? Image;
}
