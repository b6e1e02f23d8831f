using NodeGate.Oci;

namespace NodeGate.Gate.Recording;

/// <summary>Opens repositories as they were recorded; dials nothing, needs no credential.</summary>
/// <param name="recording">What was recorded.</param>
public sealed class RecordedSourceFactory(ContentRecording recording) : IImageSourceFactory
{
    /// <inheritdoc/>
    public IImageSource Open(ImageReference reference, RegistryCredential? credential) => new RecordedSource(recording, reference);
}
