using NodeGate.Oci;
using NodeGate.Verification.Strict;

namespace NodeGate.Gate.Recording;

/// <summary>
/// Answers from a recording. What was not recorded is not known: it is answered as by a registry that cannot be reached, never as "there is
/// none". All content is hashed again, for a recording is a file that somebody may have edited.
/// </summary>
public sealed class RecordedSource : IImageSource
{
    private readonly ContentRecording _recording;
    private readonly ImageReference _reference;
    private readonly RepositoryRecording? _repository;

    /// <summary>The repository of <paramref name="reference"/> as <paramref name="recording"/> has it.</summary>
    public RecordedSource(ContentRecording recording, ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(reference);
        _recording = recording;
        _reference = reference;
        _repository = recording.Repositories.GetValueOrDefault(reference.Name);
    }

    /// <inheritdoc/>
    public int RequestCount => 0;

    /// <inheritdoc/>
    public async Task<FetchedManifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Name != _reference.Name)
        {
            throw new ArgumentException($"This source is open for '{_reference.Name}', not for '{reference.Name}'.", nameof(reference));
        }

        return reference.Digest is { } digest
            ? await FetchManifestAsync(digest, cancellationToken)
            : await FindManifestAsync(reference.Tag!, cancellationToken)
                ?? throw new ContentException(ContentFailure.NotFound, $"{reference} was not found when it was recorded.");
    }

    /// <inheritdoc/>
    public Task<FetchedManifest> FetchManifestAsync(Digest digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(digest);
        cancellationToken.ThrowIfCancellationRequested();
        var what = $"manifest {_reference.Name}@{digest}";
        var manifest = _repository?.Manifests.GetValueOrDefault(digest) ?? throw NotRecorded(what);
        Check(manifest.Content, manifest.Descriptor with { Digest = digest }, what);
        return Task.FromResult(manifest);
    }

    /// <inheritdoc/>
    public async Task<FetchedManifest?> FindManifestAsync(string tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return _repository is null || !_repository.Tags.TryGetValue(tag, out var digest) ? throw NotRecorded($"manifest {_reference.Name}:{tag}")
            : digest is null ? null
            : await FetchManifestAsync(digest, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        cancellationToken.ThrowIfCancellationRequested();
        var what = $"referrers of {_reference.Name}@{subject}";
        if (_repository is null || !_repository.Referrers.TryGetValue(subject, out var referrers))
        {
            throw NotRecorded(what);
        }

        return referrers.Length <= maxReferrers
            ? Task.FromResult<IReadOnlyList<Descriptor>>(referrers)
            : throw new ContentException(ContentFailure.LimitExceeded, $"{what}: {referrers.Length} were recorded; at most {maxReferrers} are read.");
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> FetchBlobAsync(Descriptor descriptor, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        cancellationToken.ThrowIfCancellationRequested();
        var what = $"blob {_reference.Name}@{descriptor.Digest}";
        if (descriptor.Size > maxBytes)
        {
            throw new ContentException(ContentFailure.LimitExceeded, $"{what} is declared to have {descriptor.Size} bytes; at most {maxBytes} are fetched.");
        }

        if (_repository is null || !_repository.Blobs.TryGetValue(descriptor.Digest, out var content))
        {
            throw NotRecorded(what);
        }

        Check(content, descriptor, what);
        return Task.FromResult(content);
    }

    private static void Check(ReadOnlyMemory<byte> content, Descriptor expected, string what)
    {
        if (content.Length != expected.Size || !expected.Digest.Matches(content.Span))
        {
            throw new ContentException(
                ContentFailure.Corrupt, $"{what}: what was recorded does not have the size {expected.Size} and the digest {expected.Digest}.");
        }
    }

    private ContentException NotRecorded(string what) => new(
        ContentFailure.Unavailable,
        $"{what} was not recorded when {_recording.Image} was asked for at {Shown.Time(_recording.CollectedAt)}; record it again with a policy that asks for it.");
}
