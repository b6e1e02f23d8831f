using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Gate.Recording;

/// <summary>What was said of one repository.</summary>
public sealed class RepositoryRecording
{
    internal RepositoryRecording(
        ImmutableSortedDictionary<string, Digest?> tags,
        ImmutableDictionary<Digest, FetchedManifest> manifests,
        ImmutableDictionary<Digest, ImmutableArray<Descriptor>> referrers,
        ImmutableDictionary<Digest, ReadOnlyMemory<byte>> blobs)
    {
        Tags = tags;
        Manifests = manifests;
        Referrers = referrers;
        Blobs = blobs;
    }

    /// <summary>What each tag that was asked for pointed at; null where the registry said that it has none such.</summary>
    public ImmutableSortedDictionary<string, Digest?> Tags { get; }

    /// <summary>The manifests and indexes.</summary>
    public ImmutableDictionary<Digest, FetchedManifest> Manifests { get; }

    /// <summary>The referrers by their subject, in the registry's order; empty where it said that there are none.</summary>
    public ImmutableDictionary<Digest, ImmutableArray<Descriptor>> Referrers { get; }

    /// <summary>The blobs.</summary>
    public ImmutableDictionary<Digest, ReadOnlyMemory<byte>> Blobs { get; }
}
