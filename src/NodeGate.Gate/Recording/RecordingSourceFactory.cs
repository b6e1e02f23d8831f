using NodeGate.Oci;

namespace NodeGate.Gate.Recording;

/// <summary>Opens the repositories of another factory and has the builder told what they answer; credentials go through and are not kept.</summary>
/// <param name="sources">Opens the repositories.</param>
/// <param name="recording">Is told.</param>
public sealed class RecordingSourceFactory(IImageSourceFactory sources, ContentRecordingBuilder recording) : IImageSourceFactory
{
    /// <inheritdoc/>
    public IImageSource Open(ImageReference reference, RegistryCredential? credential) =>
        recording.Record(sources.Open(reference, credential), reference);
}
