using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>
/// The permit to pull: what an admission produces and the only thing that the edge's upstream pull accepts, so that a pull which
/// nobody decided on does not compile. Made by this room alone.
/// </summary>
public sealed class AdmittedImage
{
    internal AdmittedImage(ImageReference reference, Digest? digest)
    {
        Reference = reference;
        Digest = digest;
    }

    /// <summary>The normalised reference that was asked for.</summary>
    public ImageReference Reference { get; }

    /// <summary>The digest that was decided on; null where a static rule admitted a tag without contacting the registry.</summary>
    public Digest? Digest { get; }

    /// <summary>What is to be pulled: <c>repository@digest</c>, or the reference itself where there is no digest.</summary>
    public ImageReference PullReference => Digest is null ? Reference : Reference.WithDigest(Digest);

    /// <summary>
    /// True where the pull is by another name than was asked for, by digest instead of by tag, or by the digest of one image of an index: the name
    /// that was asked for has then to be given to the image in containerd.
    /// </summary>
    public bool NeedsTag => Digest is not null && Digest != Reference.Digest;
}
