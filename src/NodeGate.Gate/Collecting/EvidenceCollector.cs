using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Verification;

namespace NodeGate.Gate.Collecting;

/// <summary>Fetches everything attached to one image that could be evidence, once for all authorities.</summary>
/// <remarks>
/// Rounds of requests, each side by side: (1) the image's manifest, unless it was resolved from a tag before; (2) the list of referrers and
/// the <c>.sig</c> manifest; (3) the referrers' manifests and the legacy payloads; (4) the bundles. With the digest known, (1) runs
/// together with (2). What cannot be read becomes <see cref="UnreadableEvidence"/> or a gap and does not spoil the rest: it matters only
/// where nothing else satisfies the rule.
/// </remarks>
internal sealed class EvidenceCollector
{
    private readonly IImageSource _source;
    private readonly ImageReference _reference;
    private readonly EvidenceBudget _bundleBudget = new();
    private readonly EvidenceBudget _legacyBudget = new();

    private readonly SemaphoreSlim _parallel = new(GateLimits.MaxParallelRequests);

    internal EvidenceCollector(IImageSource source, ImageReference reference)
    {
        _source = source;
        _reference = reference;
    }

    /// <summary>Collects the evidence for <paramref name="digest"/>.</summary>
    /// <param name="digest">The digest that is judged.</param>
    /// <param name="resolved">Its manifest, where a tag was resolved to it.</param>
    /// <param name="wanted">What is asked for at all.</param>
    /// <param name="cancellationToken">The deadline, or nobody waits any more.</param>
    /// <exception cref="ContentException">The image itself cannot be had.</exception>
    internal async Task<CollectedEvidence> CollectAsync(
        Digest digest, FetchedManifest? resolved, EvidenceWanted wanted, CancellationToken cancellationToken)
    {
        if (resolved is null && digest.Algorithm != DigestAlgorithm.Sha256)
        {
            // Signatures are stored under the SHA-256 digest, which only the bytes tell.
            resolved = await ResolveAsync(digest, cancellationToken);
        }

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stored = resolved is null ? digest : Sha256Of(resolved);
        var bundles = wanted.Bundles ? CollectBundlesAsync(digest, stored, failed.Token) : Nothing();
        var legacy = wanted.Legacy ? CollectLegacyAsync(stored, failed.Token) : Nothing();
        try
        {
            var manifest = resolved ?? await ResolveAsync(digest, cancellationToken);
            var (bundleEvidence, bundleGap) = await bundles;
            var (legacyEvidence, legacyGap) = await legacy;
            return new CollectedEvidence(
                new SignedSubject(_reference, manifest.Descriptor, manifest.Content), [.. bundleEvidence, .. legacyEvidence], bundleGap, legacyGap);
        }
        finally
        {
            // Without the image its evidence is worth nothing; and no task of ours outlives the question.
            await failed.CancelAsync();
            await ((Task)Task.WhenAll(bundles, legacy)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<FetchedManifest> ResolveAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync(cancellationToken);
        return await _source.ResolveAsync(_reference.WithDigest(digest), cancellationToken);
    }

    private static Task<Part> Nothing() => Task.FromResult(new Part([], null));

    private static Digest Sha256Of(FetchedManifest manifest) => manifest.Descriptor.Digest.Algorithm == DigestAlgorithm.Sha256
        ? manifest.Descriptor.Digest
        : Digest.Of(manifest.Content.Span);

    private async Task<Part> CollectBundlesAsync(Digest digest, Digest stored, CancellationToken cancellationToken)
    {
        IReadOnlyList<Descriptor> listed;
        try
        {
            using var turn = await TurnAsync(cancellationToken);
            listed = await _source.ListReferrersAsync(stored, GateLimits.MaxReferrersListed, cancellationToken);
        }
        catch (ContentException e)
        {
            return new Part([], GapOf(e));
        }

        var candidates = ReferrerOrder.Candidates(listed);
        var gap = candidates.Count <= GateLimits.MaxReferrers
            ? null
            : new EvidenceGap(
                DecisionReason.LimitExceeded,
                $"{stored} has {candidates.Count} referrers that could be signatures; at most {GateLimits.MaxReferrers} are looked at. Remove those that are not needed.");

        // Round 3.
        var referrers = await Task.WhenAll(candidates.Take(GateLimits.MaxReferrers).Select(r => ReadReferrerAsync(r, digest, stored, cancellationToken)));

        // Round 4.
        var found = await Task.WhenAll(referrers
            .Where(r => r is not null)
            .Select(r => r!)
            .DistinctBy(r => r.Source)
            .Select(r => r.Layer is null ? Task.FromResult(r.Unreadable!) : ReadBundleAsync(r.Layer, cancellationToken)));
        return new Part(found, gap);
    }

    private async Task<Referrer?> ReadReferrerAsync(Descriptor listed, Digest digest, Digest stored, CancellationToken cancellationToken)
    {
        if (!_bundleBudget.TrySpend(listed.Size, GateLimits.MaxReferrerManifestBytes))
        {
            return new Referrer(listed.Digest, null, TooMuch(listed, EvidenceKind.SigstoreBundle, GateLimits.MaxReferrerManifestBytes));
        }

        Manifest manifest;
        try
        {
            using var turn = await TurnAsync(cancellationToken);
            var fetched = await _source.FetchManifestAsync(listed.Digest, cancellationToken);
            if (!MediaTypes.IsManifest(fetched.Descriptor.MediaType))
            {
                return null;
            }

            manifest = Manifest.Parse(fetched.Content, fetched.Descriptor.MediaType);
        }
        catch (ContentException e)
        {
            return new Referrer(listed.Digest, null, Unreadable(listed.Digest, EvidenceKind.SigstoreBundle, e));
        }
        catch (FormatException e)
        {
            // Its bytes are what they are: whoever pushed them made no signature, and trying again changes nothing.
            return ReferrerOrder.ClaimsBundle(listed)
                ? new Referrer(listed.Digest, null, new UnreadableEvidence(listed.Digest, EvidenceKind.SigstoreBundle, DecisionReason.SignatureInvalid, e.Message))
                : null;
        }

        // What says that it belongs to another image, or holds something else than one bundle, is no evidence about this one.
        var isOurs = manifest.Subject is null || manifest.Subject.Digest == digest || manifest.Subject.Digest == stored;
        return isOurs && manifest.Layers is [{ } layer] && layer.MediaType.StartsWith(MediaTypes.SigstoreBundlePrefix, StringComparison.Ordinal)
            ? new Referrer(layer.Digest, layer, null)
            : null;
    }

    private async Task<Evidence> ReadBundleAsync(Descriptor layer, CancellationToken cancellationToken)
    {
        if (!_bundleBudget.TrySpend(layer.Size, GateLimits.MaxBundleBytes))
        {
            return TooMuch(layer, EvidenceKind.SigstoreBundle, GateLimits.MaxBundleBytes);
        }

        try
        {
            using var turn = await TurnAsync(cancellationToken);
            return new BundleEvidence(layer.Digest, await _source.FetchBlobAsync(layer, GateLimits.MaxBundleBytes, cancellationToken));
        }
        catch (ContentException e)
        {
            return Unreadable(layer.Digest, EvidenceKind.SigstoreBundle, e);
        }
    }

    private async Task<Part> CollectLegacyAsync(Digest stored, CancellationToken cancellationToken)
    {
        FetchedManifest? fetched;
        try
        {
            using var turn = await TurnAsync(cancellationToken);
            fetched = await _source.FindManifestAsync($"sha256-{stored.Hex}.sig", cancellationToken);
        }
        catch (ContentException e)
        {
            return new Part([], GapOf(e));
        }

        if (fetched is null)
        {
            return new Part([], null);
        }

        Manifest manifest;
        try
        {
            manifest = Manifest.Parse(fetched.Content, fetched.Descriptor.MediaType);
        }
        catch (FormatException e)
        {
            return new Part([new UnreadableEvidence(fetched.Descriptor.Digest, EvidenceKind.CosignSignature, DecisionReason.SignatureInvalid, e.Message)], null);
        }

        var gap = manifest.Layers.Length <= GateLimits.MaxSignatureLayers
            ? null
            : new EvidenceGap(
                DecisionReason.LimitExceeded,
                $"The signature image of {stored} has {manifest.Layers.Length} layers; at most {GateLimits.MaxSignatureLayers} are looked at. Remove signatures that are not needed.");
        var layers = manifest.Layers.Take(GateLimits.MaxSignatureLayers).ToList();

        // Signers that sign the same payload share its blob; the signature itself is in each layer's annotations.
        var payloads = new Dictionary<Digest, Task<Fetched>>();
        foreach (var layer in layers.Where(l => l.MediaType == MediaTypes.CosignSimpleSigning && !payloads.ContainsKey(l.Digest)))
        {
            payloads[layer.Digest] = ReadPayloadAsync(layer, cancellationToken);
        }

        await Task.WhenAll(payloads.Values);
        var found = new List<Evidence>(layers.Count);
        foreach (var layer in layers)
        {
            // Another media type is refused by name, so its bytes are not fetched.
            var payload = payloads.TryGetValue(layer.Digest, out var read) ? await read : new Fetched(default, null);
            found.Add(payload.Unreadable
                ?? (Evidence)new CosignSignatureEvidence(layer.Digest, layer.MediaType, payload.Content, layer.Annotations));
        }

        return new Part(found, gap);
    }

    private async Task<Fetched> ReadPayloadAsync(Descriptor layer, CancellationToken cancellationToken)
    {
        if (!_legacyBudget.TrySpend(layer.Size, GateLimits.MaxPayloadBytes))
        {
            return new Fetched(default, TooMuch(layer, EvidenceKind.CosignSignature, GateLimits.MaxPayloadBytes));
        }

        try
        {
            using var turn = await TurnAsync(cancellationToken);
            return new Fetched(await _source.FetchBlobAsync(layer, GateLimits.MaxPayloadBytes, cancellationToken), null);
        }
        catch (ContentException e)
        {
            return new Fetched(default, Unreadable(layer.Digest, EvidenceKind.CosignSignature, e));
        }
    }

    private static UnreadableEvidence TooMuch(Descriptor content, EvidenceKind kind, int limit) => new(
        content.Digest,
        kind,
        DecisionReason.LimitExceeded,
        content.Size > limit
            ? $"{content.Digest} has {content.Size} bytes; at most {limit} are read."
            : $"At {content.Digest} the evidence exceeds {GateLimits.MaxEvidenceBytes / 2} bytes; no more is read.");

    private static EvidenceGap GapOf(ContentException e) => new(ReasonOf(e), e.Message);

    private static UnreadableEvidence Unreadable(Digest source, EvidenceKind kind, ContentException e) => new(source, kind, ReasonOf(e), e.Message);

    /// <summary>What is listed and then not found is the registry's fault; the image itself is there.</summary>
    private static DecisionReason ReasonOf(ContentException e) =>
        e.Failure == ContentFailure.NotFound ? DecisionReason.RegistryUnavailable : e.Reason;

    private async Task<Turn> TurnAsync(CancellationToken cancellationToken)
    {
        await _parallel.WaitAsync(cancellationToken);
        return new Turn(_parallel);
    }

    private readonly record struct Part(IReadOnlyList<Evidence> Evidence, EvidenceGap? Gap);

    private readonly record struct Fetched(ReadOnlyMemory<byte> Content, UnreadableEvidence? Unreadable);

    private sealed record Referrer(Digest Source, Descriptor? Layer, Evidence? Unreadable);

    private readonly struct Turn(SemaphoreSlim parallel) : IDisposable
    {
        public void Dispose() => parallel.Release();
    }
}
