namespace NodeGate.Oci;

/// <summary>
/// One repository, opened with one caller's credentials. The gate's only way to a registry. Every method throws
/// <see cref="ContentException"/> with a <see cref="ContentFailure"/>, or <see cref="OperationCanceledException"/> when the caller gave up.
/// </summary>
public interface IImageSource
{
    /// <summary>How many requests this source has sent, token requests included. For the trace and the bench.</summary>
    int RequestCount { get; }

    /// <summary>
    /// Resolves <paramref name="reference"/> once: GET of the manifest over the hosts that may resolve, in containerd's order, and hash of
    /// what came. A reference with a digest is fetched by it and must hash to it. This is the only place where a tag is turned into a digest.
    /// </summary>
    Task<FetchedManifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken);

    /// <summary>Fetches a manifest by digest; the bytes hash to it.</summary>
    Task<FetchedManifest> FetchManifestAsync(Digest digest, CancellationToken cancellationToken);

    /// <summary>Fetches what <paramref name="tag"/> points at now, or null where the registry says 404. For the tag schemes of cosign and of referrers.</summary>
    Task<FetchedManifest?> FindManifestAsync(string tag, CancellationToken cancellationToken);

    /// <summary>
    /// Lists what refers to <paramref name="subject"/>: the referrers API with its pages, or the fallback tag where the registry has no such
    /// API. No filter by artifact type is applied (registries are known to serve a wrong one). Empty where there is nothing.
    /// </summary>
    /// <exception cref="ContentException">Among others <see cref="ContentFailure.LimitExceeded"/> beyond <paramref name="maxReferrers"/>.</exception>
    Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, int maxReferrers, CancellationToken cancellationToken);

    /// <summary>Fetches a blob completely; its size and digest are those of <paramref name="descriptor"/>.</summary>
    /// <exception cref="ContentException"><see cref="ContentFailure.LimitExceeded"/> when the descriptor says more than <paramref name="maxBytes"/>, before anything is fetched.</exception>
    Task<ReadOnlyMemory<byte>> FetchBlobAsync(Descriptor descriptor, int maxBytes, CancellationToken cancellationToken);
}
