using System.Collections.Concurrent;
using NodeGate.Oci;
using NodeGate.Testing.Signing;

namespace NodeGate.Gate.Tests.Support;

/// <summary>
/// Repositories in memory behind the content port, for what a real registry cannot be made to do on demand: stop at a given request,
/// break at another, count who asked with which credentials. Content is hashed by whoever stores it, so it is as honest as the port promises.
/// </summary>
internal sealed class MemoryRegistry : IImageSourceFactory
{
    private readonly ConcurrentDictionary<string, FetchedManifest> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Digest, ReadOnlyMemory<byte>> _blobs = new();
    private readonly ConcurrentDictionary<Digest, List<Descriptor>> _referrers = new();

    /// <summary>Every request, in the order of arrival, such as <c>resolve REF</c>, <c>referrers DIGEST</c>, <c>manifest DIGEST</c>, <c>blob DIGEST</c>, <c>tag TAG</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Repositories that are kept apart, by their names.</summary>
    public Dictionary<string, MemoryRegistry> Elsewhere { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs before a request is answered; may wait, or throw what a registry would be blamed for.</summary>
    public Func<string, RegistryCredential?, CancellationToken, Task>? Intercept { get; set; }

    /// <summary>A new image, also under <paramref name="tag"/>.</summary>
    public Digest PushImage(string tag, string content = "layer")
    {
        var layer = System.Text.Encoding.UTF8.GetBytes(content);
        var text = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest.Of(layer)}}","size":{{layer.Length}}},"layers":[]}""";
        return PutManifest(System.Text.Encoding.UTF8.GetBytes(text), MediaTypes.OciManifest, tag).Digest;
    }

    /// <summary>An index of images that are there already; the platform as <c>os/architecture/variant</c>, or null.</summary>
    public Digest PushIndex(string tag, params (Digest Digest, string? Platform)[] entries)
    {
        var manifests = entries.Select(e =>
        {
            var descriptor = DescriptorOf(e.Digest);
            var platform = e.Platform?.Split('/') switch
            {
                [var os, var architecture] => $$""","platform":{"os":"{{os}}","architecture":"{{architecture}}"}""",
                [var os, var architecture, var variant] => $$""","platform":{"os":"{{os}}","architecture":"{{architecture}}","variant":"{{variant}}"}""",
                _ => "",
            };
            return $$"""{"mediaType":"{{descriptor.MediaType}}","digest":"{{e.Digest}}","size":{{descriptor.Size}}{{platform}}}""";
        });
        var text = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{string.Join(',', manifests)}}]}""";
        return PutManifest(System.Text.Encoding.UTF8.GetBytes(text), MediaTypes.OciIndex, tag).Digest;
    }

    public Descriptor DescriptorOf(Digest digest) => _manifests[digest.ToString()].Descriptor;

    public Descriptor PutManifest(byte[] content, string mediaType, string? tag = null)
    {
        var manifest = new FetchedManifest(new Descriptor(mediaType, Digest.Of(content), content.Length), content);
        _manifests[manifest.Descriptor.Digest.ToString()] = manifest;
        if (tag is not null)
        {
            _manifests[tag] = manifest;
        }

        return manifest.Descriptor;
    }

    /// <summary>Serves what <paramref name="digest"/> names under another of its digests as well.</summary>
    public void Alias(Digest other, Digest digest)
    {
        var manifest = _manifests[digest.ToString()];
        _manifests[other.ToString()] = manifest with { Descriptor = manifest.Descriptor with { Digest = other } };
    }

    public Digest PutBlob(ReadOnlyMemory<byte> content)
    {
        var digest = Digest.Of(content.Span);
        _blobs[digest] = content;
        return digest;
    }

    public void RemoveBlob(Digest digest) => _blobs.TryRemove(digest, out _);

    public void SignLegacy(string repository, Digest image, params SigningKey[] keys)
    {
        var artifact = SignatureArtifact.Legacy([.. keys.Select(k => LegacySignature.Of(k, repository, image))]);
        PutLegacy(image, artifact);
    }

    public void PutLegacy(Digest image, SignatureArtifact artifact) => PutTagged(SignatureArtifact.LegacyTag(image), artifact);

    public void PutTagged(string tag, SignatureArtifact artifact)
    {
        PutManifest(artifact.Manifest, MediaTypes.OciManifest, tag);
        foreach (var blob in artifact.Blobs)
        {
            PutBlob(blob);
        }
    }

    /// <summary>Signs as cosign 3.1 does; returns the bundle's digest.</summary>
    public Digest SignBundle(Digest image, SigningKey key, string? artifactType = MediaTypes.SigstoreBundleV03)
    {
        var bundle = Bundles.ToBytes(Bundles.Signature(key, image));
        Refer(image, SignatureArtifact.Referrer(bundle, DescriptorOf(image)), artifactType);
        return Digest.Of(bundle);
    }

    public void Refer(Digest image, SignatureArtifact artifact, string? artifactType)
    {
        foreach (var blob in artifact.Blobs)
        {
            PutBlob(blob);
        }

        Refer(image, PutManifest(artifact.Manifest, MediaTypes.OciManifest) with { ArtifactType = artifactType });
    }

    public void Refer(Digest image, Descriptor referrer)
    {
        var list = _referrers.GetOrAdd(image, _ => []);
        lock (list)
        {
            list.Add(referrer);
        }
    }

    public IImageSource Open(ImageReference reference, RegistryCredential? credential) =>
        new Source(Elsewhere.GetValueOrDefault(reference.Name, this), credential);

    private sealed class Source(MemoryRegistry registry, RegistryCredential? credential) : IImageSource
    {
        private int _count;

        public int RequestCount => _count;

        public async Task<FetchedManifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken)
        {
            await AskAsync($"resolve {reference}", cancellationToken);
            return Find(reference.Digest?.ToString() ?? reference.Tag!);
        }

        public async Task<FetchedManifest> FetchManifestAsync(Digest digest, CancellationToken cancellationToken)
        {
            await AskAsync($"manifest {digest}", cancellationToken);
            return Find(digest.ToString());
        }

        public async Task<FetchedManifest?> FindManifestAsync(string tag, CancellationToken cancellationToken)
        {
            await AskAsync($"tag {tag}", cancellationToken);
            return registry._manifests.TryGetValue(tag, out var manifest) ? manifest : null;
        }

        public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, int maxReferrers, CancellationToken cancellationToken)
        {
            await AskAsync($"referrers {subject}", cancellationToken);
            if (!registry._referrers.TryGetValue(subject, out var list))
            {
                return [];
            }

            lock (list)
            {
                return list.Count <= maxReferrers
                    ? [.. list]
                    : throw new ContentException(ContentFailure.LimitExceeded, $"more than {maxReferrers} referrers");
            }
        }

        public async Task<ReadOnlyMemory<byte>> FetchBlobAsync(Descriptor descriptor, int maxBytes, CancellationToken cancellationToken)
        {
            await AskAsync($"blob {descriptor.Digest}", cancellationToken);
            return registry._blobs.TryGetValue(descriptor.Digest, out var blob) && blob.Length == descriptor.Size
                ? blob
                : throw new ContentException(ContentFailure.NotFound, $"no blob {descriptor.Digest}");
        }

        private FetchedManifest Find(string name) => registry._manifests.TryGetValue(name, out var manifest)
            ? manifest
            : throw new ContentException(ContentFailure.NotFound, $"no manifest {name}");

        private async Task AskAsync(string request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _count);
            registry.Requests.Enqueue(request);
            if (registry.Intercept is { } intercept)
            {
                await intercept(request, credential, cancellationToken);
            }
        }
    }
}
