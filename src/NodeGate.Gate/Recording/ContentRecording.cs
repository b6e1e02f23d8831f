using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Gate.Recording;

/// <summary>
/// What registries said about one image, to be asked again without them. It is no more trusted than they are: who replays it hashes all
/// content again, and verifies it. Made by <see cref="ContentRecordingBuilder"/> or <see cref="RecordingCodec"/>, so that it is within the limits.
/// </summary>
public sealed class ContentRecording
{
    internal ContentRecording(ImageReference image, DateTimeOffset collectedAt, ImmutableSortedDictionary<string, RepositoryRecording> repositories)
    {
        Image = image;
        CollectedAt = collectedAt;
        Repositories = repositories;
    }

    /// <summary>The image that was asked for.</summary>
    public ImageReference Image { get; }

    /// <summary>When, to the millisecond.</summary>
    public DateTimeOffset CollectedAt { get; }

    /// <summary>What was said of each repository, by <see cref="ImageReference.Name"/>: signatures may be in another one than the image.</summary>
    public ImmutableSortedDictionary<string, RepositoryRecording> Repositories { get; }
}
