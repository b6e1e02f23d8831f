namespace NodeGate.Oci;

/// <summary>Opens repositories.</summary>
public interface IImageSourceFactory
{
    /// <summary>
    /// A source for the repository of <paramref name="reference"/> with the caller's own <paramref name="credential"/> (or none, or what the
    /// node's docker configuration has). Cheap, dials nothing; connections are shared, credentials and tokens never are.
    /// </summary>
    IImageSource Open(ImageReference reference, RegistryCredential? credential);
}
