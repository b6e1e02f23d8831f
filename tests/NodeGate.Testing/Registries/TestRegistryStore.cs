using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeGate.Oci;

namespace NodeGate.Testing.Registries;

/// <summary>What a <see cref="TestRegistry"/> holds, in memory.</summary>
public sealed class TestRegistryStore
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, ImmutableDictionary<string, Digest>> _tags = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableList<(Digest Subject, JsonObject Descriptor)>> _referrers = new(StringComparer.Ordinal);

    public ConcurrentDictionary<(string Repository, Digest Digest), byte[]> Blobs { get; } = new();

    public ConcurrentDictionary<(string Repository, Digest Digest), (string MediaType, byte[] Content)> Manifests { get; } = new();

    public Digest PutBlob(string repository, byte[] content)
    {
        var digest = Digest.Of(content);
        Blobs[(repository, digest)] = content;
        return digest;
    }

    /// <summary>Stores a manifest under its digest and <paramref name="tag"/>; a subject makes it a referrer.</summary>
    public Digest PutManifest(string repository, string mediaType, byte[] content, string? tag = null, DigestAlgorithm algorithm = DigestAlgorithm.Sha256)
    {
        var digest = Digest.Of(content, algorithm);
        lock (_lock)
        {
            Manifests[(repository, digest)] = (mediaType, content);
            if (tag is not null)
            {
                _tags[repository] = Tags(repository).SetItem(tag, digest);
            }

            if (Subject(content) is { } subject && !Referrers(repository, subject).Any(d => (string?)d["digest"] == digest.ToString()))
            {
                _referrers[repository] = _referrers.GetValueOrDefault(repository, []).Add((subject, Describe(mediaType, digest, content)));
            }
        }

        return digest;
    }

    public ImmutableDictionary<string, Digest> Tags(string repository) =>
        _tags.GetValueOrDefault(repository, ImmutableDictionary<string, Digest>.Empty);

    public IReadOnlyList<JsonObject> Referrers(string repository, Digest subject) =>
        [.. _referrers.GetValueOrDefault(repository, []).Where(item => item.Subject == subject).Select(item => item.Descriptor)];

    public bool TryGetManifest(string repository, string reference, out Digest? digest, out (string MediaType, byte[] Content) manifest)
    {
        manifest = default;
        return (Digest.TryParse(reference, out digest) || Tags(repository).TryGetValue(reference, out digest))
            && Manifests.TryGetValue((repository, digest), out manifest);
    }

    public bool DeleteManifest(string repository, Digest digest)
    {
        lock (_lock)
        {
            _tags[repository] = Tags(repository).RemoveRange(Tags(repository).Where(tag => tag.Value == digest).Select(tag => tag.Key));
            _referrers[repository] = _referrers.GetValueOrDefault(repository, []).RemoveAll(item => (string?)item.Descriptor["digest"] == digest.ToString());
            return Manifests.TryRemove((repository, digest), out _);
        }
    }

    internal static Digest? Subject(byte[] manifest) =>
        JsonNode.Parse(manifest) is JsonObject root && root["subject"] is JsonObject subject && Digest.TryParse((string?)subject["digest"], out var digest) ? digest : null;

    private static JsonObject Describe(string mediaType, Digest digest, byte[] content)
    {
        var root = JsonNode.Parse(content)!.AsObject();
        var descriptor = new JsonObject { ["mediaType"] = mediaType, ["digest"] = digest.ToString(), ["size"] = content.Length };
        if (((string?)root["artifactType"] ?? (string?)root["config"]?["mediaType"]) is { } type)
        {
            descriptor["artifactType"] = type;
        }

        if (root["annotations"] is { } annotations)
        {
            descriptor["annotations"] = annotations.DeepClone();
        }

        return descriptor;
    }
}
