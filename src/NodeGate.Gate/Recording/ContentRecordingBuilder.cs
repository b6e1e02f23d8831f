using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Gate.Recording;

/// <summary>
/// Collects a <see cref="ContentRecording"/> within the limits. What is beyond them is left out, and a replay then knows nothing of it: that
/// makes an answer undetermined, never an admission. Safe for concurrent use.
/// </summary>
public sealed class ContentRecordingBuilder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Parts> _repositories = new(StringComparer.Ordinal);
    private int _entries;
    private long _bytes;
    private bool _isTruncated;

    /// <summary>Whether something was left out.</summary>
    public bool IsTruncated
    {
        get
        {
            lock (_lock)
            {
                return _isTruncated;
            }
        }
    }

    /// <summary>The source as it is, which also tells this builder what it answers.</summary>
    public IImageSource Record(IImageSource source, ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(reference);
        return new ContentRecorder(source, reference.Name, this);
    }

    /// <summary>What was answered until now.</summary>
    /// <param name="image">The image that was asked for.</param>
    /// <param name="collectedAt">The time; kept to the millisecond.</param>
    public ContentRecording Build(ImageReference image, DateTimeOffset collectedAt)
    {
        ArgumentNullException.ThrowIfNull(image);
        var utc = collectedAt.ToUniversalTime();
        lock (_lock)
        {
            return new ContentRecording(
                image,
                utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMillisecond)),
                _repositories.ToImmutableSortedDictionary(r => r.Key, r => r.Value.Build(), StringComparer.Ordinal));
        }
    }

    internal bool AddTag(string repository, string tag, Digest? digest) => Add(repository, parts => parts.Tags, tag, digest, 0);

    internal bool AddManifest(string repository, FetchedManifest manifest) =>
        Add(repository, parts => parts.Manifests, manifest.Descriptor.Digest, manifest, manifest.Content.Length);

    internal bool AddReferrers(string repository, Digest subject, ImmutableArray<Descriptor> referrers) =>
        Add(repository, parts => parts.Referrers, subject, referrers, 0, 1 + referrers.Length);

    internal bool AddBlob(string repository, Digest digest, ReadOnlyMemory<byte> content) =>
        Add(repository, parts => parts.Blobs, digest, content, content.Length);

    /// <summary>The first answer stays, as for the question that is recorded.</summary>
    private bool Add<TKey, TValue>(
        string repository, Func<Parts, Dictionary<TKey, TValue>> part, TKey key, TValue value, int bytes, int entries = 1)
        where TKey : notnull
    {
        lock (_lock)
        {
            var isKnown = _repositories.TryGetValue(repository, out var parts);
            if (isKnown && part(parts!).ContainsKey(key))
            {
                return true;
            }

            if ((!isKnown && _repositories.Count == GateLimits.MaxRecordedRepositories)
                || _entries + entries > GateLimits.MaxRecordedEntries
                || _bytes + bytes > GateLimits.MaxRecordedContentBytes)
            {
                _isTruncated = true;
                return false;
            }

            if (!isKnown)
            {
                parts = new Parts();
                _repositories.Add(repository, parts);
            }

            part(parts!).Add(key, value);
            _entries += entries;
            _bytes += bytes;
            return true;
        }
    }

    private sealed class Parts
    {
        public Dictionary<string, Digest?> Tags { get; } = new(StringComparer.Ordinal);

        public Dictionary<Digest, FetchedManifest> Manifests { get; } = [];

        public Dictionary<Digest, ImmutableArray<Descriptor>> Referrers { get; } = [];

        public Dictionary<Digest, ReadOnlyMemory<byte>> Blobs { get; } = [];

        public RepositoryRecording Build() => new(
            Tags.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Manifests.ToImmutableDictionary(),
            Referrers.ToImmutableDictionary(),
            Blobs.ToImmutableDictionary());
    }
}
