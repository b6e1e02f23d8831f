using NodeGate.Oci;

namespace NodeGate.Gate.Recording;

/// <summary>
/// A source whose answers are kept, "there is none" included. A failure never is: what could not be asked must not be replayed as an answer.
/// </summary>
internal sealed class ContentRecorder(IImageSource source, string repository, ContentRecordingBuilder recording) : IImageSource
{
    /// <inheritdoc/>
    public int RequestCount => source.RequestCount;

    /// <inheritdoc/>
    public async Task<FetchedManifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var manifest = await source.ResolveAsync(reference, cancellationToken);
        if (reference.Tag is { } tag)
        {
            recording.AddTag(repository, tag, manifest.Descriptor.Digest);
        }

        recording.AddManifest(repository, manifest);
        return manifest;
    }

    /// <inheritdoc/>
    public async Task<FetchedManifest> FetchManifestAsync(Digest digest, CancellationToken cancellationToken)
    {
        var manifest = await source.FetchManifestAsync(digest, cancellationToken);
        recording.AddManifest(repository, manifest);
        return manifest;
    }

    /// <inheritdoc/>
    public async Task<FetchedManifest?> FindManifestAsync(string tag, CancellationToken cancellationToken)
    {
        var manifest = await source.FindManifestAsync(tag, cancellationToken);
        recording.AddTag(repository, tag, manifest?.Descriptor.Digest);
        if (manifest is not null)
        {
            recording.AddManifest(repository, manifest);
        }

        return manifest;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        var referrers = await source.ListReferrersAsync(subject, maxReferrers, cancellationToken);
        // Of a referrer nothing else is the registry's own word (ImageIndex.ParseReferrers).
        recording.AddReferrers(
            repository, subject, [.. referrers.Select(r => new Descriptor(r.MediaType, r.Digest, r.Size) { ArtifactType = r.ArtifactType })]);
        return referrers;
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> FetchBlobAsync(Descriptor descriptor, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var blob = await source.FetchBlobAsync(descriptor, maxBytes, cancellationToken);
        recording.AddBlob(repository, descriptor.Digest, blob);
        return blob;
    }
}
