using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Verification;

namespace NodeGate.Gate.Collecting;

/// <summary>Fetches everything attached to one image that could be evidence, once for all authorities.</summary>
/// <remarks>
/// Rounds of requests, each side by side: (1) the image's manifest, unless it was resolved from a tag before; (2) the list of referrers and
/// the <c>.sig</c> and <c>.att</c> manifests; (3) the referrers' manifests and the legacy payloads; (4) the bundles and envelopes of referrers.
/// With the digest known, (1) runs together with (2). What cannot be read becomes <see cref="UnreadableEvidence"/> or a gap and does not spoil the rest: it matters only
/// where nothing else satisfies the rule.
/// </remarks>
internal sealed class EvidenceCollector
{
    private readonly IImageSource _images;
    private readonly IImageSource _source;
    private readonly ImageReference _reference;
    private readonly EvidenceWanted _wanted;
    private readonly EvidenceBudget _referrerBudget = new();
    private readonly EvidenceBudget _signatureBudget = new();
    private readonly EvidenceBudget _attestationBudget = new();

    private readonly SemaphoreSlim _parallel = new(GateLimits.MaxParallelRequests);

    /// <param name="images">The repository of the image.</param>
    /// <param name="source">The repository of its signatures, which is the same unless the rule says otherwise.</param>
    /// <param name="reference">The image.</param>
    /// <param name="wanted">What is asked for at all.</param>
    internal EvidenceCollector(IImageSource images, IImageSource source, ImageReference reference, EvidenceWanted wanted)
    {
        _wanted = wanted;
        _images = images;
        _source = source;
        _reference = reference;
    }

    /// <summary>Collects the evidence for <paramref name="digest"/>.</summary>
    /// <param name="digest">The digest that is judged.</param>
    /// <param name="resolved">Its manifest, where a tag was resolved to it.</param>
    /// <param name="cancellationToken">The deadline, or nobody waits any more.</param>
    /// <exception cref="ContentException">The image itself cannot be had.</exception>
    internal async Task<CollectedEvidence> CollectAsync(
        Digest digest, FetchedManifest? resolved, CancellationToken cancellationToken)
    {
        if (resolved is null && digest.Algorithm != DigestAlgorithm.Sha256)
        {
            // Signatures are stored under the SHA-256 digest, which only the bytes tell.
            resolved = await ResolveAsync(digest, cancellationToken);
        }

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stored = resolved is null ? digest : Sha256Of(resolved);
        var referrers = _wanted.Referrers ? CollectReferrersAsync(digest, stored, failed.Token) : Nothing();
        var signatures = _wanted.Signatures ? CollectLegacyAsync(stored, LegacyImage.Signatures, _signatureBudget, failed.Token) : Nothing();
        var attestations = _wanted.Attestations ? CollectLegacyAsync(stored, LegacyImage.Attestations, _attestationBudget, failed.Token) : Nothing();
        try
        {
            var manifest = resolved ?? await ResolveAsync(digest, cancellationToken);
            var (referrerEvidence, referrerGap) = await referrers;
            var (signatureEvidence, signatureGap) = await signatures;
            var (attestationEvidence, attestationGap) = await attestations;
            return new CollectedEvidence(
                manifest,
                new SignedSubject(_reference, manifest.Descriptor, manifest.Content),
                [.. referrerEvidence, .. signatureEvidence, .. attestationEvidence],
                referrerGap,
                signatureGap,
                attestationGap);
        }
        finally
        {
            // Without the image its evidence is worth nothing; and no task of ours outlives the question.
            await failed.CancelAsync();
            await ((Task)Task.WhenAll(referrers, signatures, attestations)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<FetchedManifest> ResolveAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync(cancellationToken);
        return await _images.ResolveAsync(_reference.WithDigest(digest), cancellationToken);
    }

    private static Task<Part> Nothing() => Task.FromResult(new Part([], null));

    private static Digest Sha256Of(FetchedManifest manifest) => manifest.Descriptor.Digest.Algorithm == DigestAlgorithm.Sha256
        ? manifest.Descriptor.Digest
        : Digest.Of(manifest.Content.Span);

    private async Task<Part> CollectReferrersAsync(Digest digest, Digest stored, CancellationToken cancellationToken)
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

        // Round 4. An envelope's signer is proven by its layer's annotations, so that equal envelopes may differ. A bundle is equal only with its
        // size: anybody may refer to the good one with a wrong size, which cannot be fetched and must not stand for it.
        var found = await Task.WhenAll(referrers
            .SelectMany(r => r)
            .DistinctBy(r => (r.Source, r.Bundle?.Size, r.Envelope, r.Unreadable?.Kind))
            .Select(r => r.Unreadable is not null ? Task.FromResult(r.Unreadable)
                : r.Envelope is not null ? ReadEnvelopeAsync(r.Envelope, cancellationToken)
                : ReadBundleAsync(r.Bundle!, cancellationToken)));
        return new Part(found, gap);
    }

    private async Task<IReadOnlyList<Referrer>> ReadReferrerAsync(Descriptor listed, Digest digest, Digest stored, CancellationToken cancellationToken)
    {
        var kinds = _wanted.InReferrers;
        if (!_referrerBudget.TrySpend(listed.Size, GateLimits.MaxReferrerManifestBytes))
        {
            return [.. kinds.Select(kind => Referrer.Of(TooMuch(listed, kind, GateLimits.MaxReferrerManifestBytes)))];
        }

        Manifest manifest;
        try
        {
            using var turn = await TurnAsync(cancellationToken);
            var fetched = await _source.FetchManifestAsync(listed.Digest, cancellationToken);
            if (!MediaTypes.IsManifest(fetched.Descriptor.MediaType))
            {
                return [];
            }

            manifest = Manifest.Parse(fetched.Content, fetched.Descriptor.MediaType);
        }
        catch (ContentException e)
        {
            return [.. kinds.Select(kind => Referrer.Of(Unreadable(listed.Digest, kind, e)))];
        }
        catch (FormatException e)
        {
            // Its bytes are what they are: whoever pushed them made no signature, and trying again changes nothing.
            return ReferrerOrder.ClaimsBundle(listed)
                ? [Referrer.Of(new UnreadableEvidence(listed.Digest, kinds[0], DecisionReason.SignatureInvalid, e.Message))]
                : [];
        }

        // What says that it belongs to another image, or holds something else than one bundle or envelopes, is no evidence about this one.
        var isOurs = manifest.Subject is null || manifest.Subject.Digest == digest || manifest.Subject.Digest == stored;
        return !isOurs ? []
            : _wanted.Bundles && manifest.Layers is [{ } layer] && layer.MediaType.StartsWith(MediaTypes.SigstoreBundlePrefix, StringComparison.Ordinal)
                ? [new Referrer(layer.Digest, layer, null, null)]
            : _wanted.Attestations
                ? [.. manifest.Layers.Where(l => l.MediaType == MediaTypes.DsseEnvelope).Take(GateLimits.MaxSignatureLayers).Select(l => new Referrer(l.Digest, null, l, null))]
            : [];
    }

    private async Task<Evidence> ReadBundleAsync(Descriptor layer, CancellationToken cancellationToken)
    {
        if (!_referrerBudget.TrySpend(layer.Size, GateLimits.MaxBundleBytes))
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

    /// <summary>Legacy referrers of cosign attestations (WriteAttestationsReferrer) have the layers of an <c>.att</c> image.</summary>
    private async Task<Evidence> ReadEnvelopeAsync(Descriptor layer, CancellationToken cancellationToken)
    {
        var envelope = await ReadPayloadAsync(layer, LegacyImage.Attestations, _referrerBudget, cancellationToken);
        return envelope.Unreadable ?? LegacyImage.Attestations.EvidenceOf(layer, envelope.Content);
    }

    private async Task<Part> CollectLegacyAsync(Digest stored, LegacyImage image, EvidenceBudget budget, CancellationToken cancellationToken)
    {
        FetchedManifest? fetched;
        try
        {
            using var turn = await TurnAsync(cancellationToken);
            fetched = await _source.FindManifestAsync($"sha256-{stored.Hex}{image.Suffix}", cancellationToken);
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
            return new Part([new UnreadableEvidence(fetched.Descriptor.Digest, image.Kind, DecisionReason.SignatureInvalid, e.Message)], null);
        }

        var gap = manifest.Layers.Length <= GateLimits.MaxSignatureLayers
            ? null
            : new EvidenceGap(
                DecisionReason.LimitExceeded,
                $"The {image.Content} image of {stored} has {manifest.Layers.Length} layers; at most {GateLimits.MaxSignatureLayers} are looked at. Remove {image.Content}s that are not needed.");
        var layers = manifest.Layers.Take(GateLimits.MaxSignatureLayers).ToList();

        // Signers that sign the same payload share its blob; the signature itself is in each layer's annotations.
        var payloads = new Dictionary<Digest, Task<Fetched>>();
        foreach (var layer in layers.Where(l => l.MediaType == image.LayerType && !payloads.ContainsKey(l.Digest)))
        {
            payloads[layer.Digest] = ReadPayloadAsync(layer, image, budget, cancellationToken);
        }

        await Task.WhenAll(payloads.Values);
        var found = new List<Evidence>(layers.Count);
        foreach (var layer in layers)
        {
            // Another media type is refused by name, so its bytes are not fetched.
            var payload = payloads.TryGetValue(layer.Digest, out var read) ? await read : new Fetched(default, null);
            found.Add(payload.Unreadable ?? image.EvidenceOf(layer, payload.Content));
        }

        return new Part(found, gap);
    }

    private async Task<Fetched> ReadPayloadAsync(Descriptor layer, LegacyImage image, EvidenceBudget budget, CancellationToken cancellationToken)
    {
        if (!budget.TrySpend(layer.Size, image.MaxLayerBytes))
        {
            return new Fetched(default, TooMuch(layer, image.Kind, image.MaxLayerBytes));
        }

        try
        {
            using var turn = await TurnAsync(cancellationToken);
            return new Fetched(await _source.FetchBlobAsync(layer, image.MaxLayerBytes, cancellationToken), null);
        }
        catch (ContentException e)
        {
            return new Fetched(default, Unreadable(layer.Digest, image.Kind, e));
        }
    }

    private static UnreadableEvidence TooMuch(Descriptor content, EvidenceKind kind, int limit) => new(
        content.Digest,
        kind,
        DecisionReason.LimitExceeded,
        content.Size > limit
            ? $"{content.Digest} has {content.Size} bytes; at most {limit} are read. Make it smaller, or remove it where it is not needed."
            : $"At {content.Digest} the evidence exceeds {GateLimits.MaxEvidenceBytesOfAKind} bytes; no more is read.");

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

    /// <summary>One of: a bundle, an envelope, or why neither could be read.</summary>
    private sealed record Referrer(Digest Source, Descriptor? Bundle, Descriptor? Envelope, Evidence? Unreadable)
    {
        public static Referrer Of(UnreadableEvidence unreadable) => new(unreadable.Source, null, null, unreadable);
    }

    private readonly struct Turn(SemaphoreSlim parallel) : IDisposable
    {
        public void Dispose() => parallel.Release();
    }
}
