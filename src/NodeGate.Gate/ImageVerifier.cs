using System.Collections.Immutable;
using NodeGate.Gate.Collecting;
using NodeGate.Gate.Recording;
using NodeGate.Gate.Scheduling;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Steps 6 to 8 of design.md section 2 for one digest: collect, verify, and remember it where it is admitted.</summary>
internal sealed class ImageVerifier
{
    private readonly IImageSourceFactory _sources;
    private readonly Ledger _ledger;
    private readonly FairSlots _slots;
    private readonly Platform _platform;
    private readonly TimeProvider _time;

    internal ImageVerifier(IImageSourceFactory sources, Ledger ledger, FairSlots slots, Platform platform, TimeProvider time)
    {
        _sources = sources;
        _ledger = ledger;
        _slots = slots;
        _platform = platform;
        _time = time;
    }

    /// <summary>
    /// Verifies within <paramref name="deadline"/>. Nothing that can go wrong with the environment is an exception: the outcome may be
    /// shared by callers who do not know of one another.
    /// </summary>
    /// <exception cref="OperationCanceledException">Nobody waits for the outcome any more.</exception>
    internal async Task<VerificationOutcome> VerifyAsync(
        Question question, IImageSource? source, FetchedManifest? resolved, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            // One lane for each registry that is waited for: the one that has the signatures answers most of the requests.
            var evidence = ImageReference.Parse(question.EvidenceRepository);
            using var slot = await _slots.EnterAsync(evidence.Registry, either.Token);
            return await FromRegistryAsync(question, evidence, source, resolved, either.Token);
        }
        catch (NodeGateException e)
        {
            return VerificationOutcome.Failed(e.Reason, e.Message);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return VerificationOutcome.Failed(DecisionReason.TimedOut, ImageGate.TooLate(question.Reference));
        }
    }

    /// <summary>
    /// Admits by what was collected for an earlier admission, if that satisfies this rule; it can do nothing else, for it may be incomplete for
    /// another rule, and signatures come later. Waits for nobody.
    /// </summary>
    /// <exception cref="NodeGateException">The ledger cannot be written.</exception>
    internal async Task<bool> AdmitFromStoredAsync(Question question, CancellationToken cancellationToken)
    {
        if (_ledger.Evidence?.Find(question.Reference.WithDigest(question.Digest), question.EvidenceRepository) is not var (recording, age))
        {
            return false;
        }

        var evidence = ImageReference.Parse(question.EvidenceRepository);
        try
        {
            var outcome = await JudgeAsync(
                question, new RecordedSource(recording, question.Reference), new RecordedSource(recording, evidence), null, cancellationToken);
            return await AdmitAsync(question, outcome, age);
        }
        catch (ContentException)
        {
            // Not all of the image was kept; the registry has it.
            return false;
        }
    }

    private async Task<VerificationOutcome> FromRegistryAsync(
        Question question, ImageReference evidence, IImageSource? source, FetchedManifest? resolved, CancellationToken cancellationToken)
    {
        var image = question.Reference.WithDigest(question.Digest);
        var credential = question.Request.Credential;
        var recording = new ContentRecordingBuilder();
        if (resolved is not null)
        {
            recording.AddManifest(image.Name, resolved);
        }

        var images = recording.Record(source ?? _sources.Open(question.Reference, credential), image);

        // A registry that the caller did not mean must not see its credentials.
        var signatures = evidence.Name == image.Name
            ? images
            : recording.Record(_sources.Open(evidence, evidence.Registry == image.Registry ? credential : null), evidence);
        var collectedAt = _time.GetUtcNow();
        var outcome = await JudgeAsync(question, images, signatures, resolved, cancellationToken);
        if (await AdmitAsync(question, outcome, TimeSpan.Zero))
        {
            _ledger.Evidence?.Keep(recording.Build(image, collectedAt), question.EvidenceRepository);
        }

        return outcome;
    }

    private async Task<VerificationOutcome> JudgeAsync(
        Question question, IImageSource images, IImageSource signatures, FetchedManifest? resolved, CancellationToken cancellationToken)
    {
        // Step 6: once for all authorities.
        var required = question.Match.Action as RuleAction.Require ?? throw new InvalidOperationException("Only a rule that requires evidence is verified.");
        var now = _time.GetUtcNow();
        var collected = await new EvidenceCollector(images, signatures, question.Reference, EvidenceWanted.By(question, now))
            .CollectAsync(question.Digest, resolved, cancellationToken);

        // Step 7: pure, so only the clock can end it early; the limits bound it.
        now = _time.GetUtcNow();
        var verdicts = ImmutableArray.CreateBuilder<AuthorityVerdict>();
        foreach (var authority in required.Requirement.Authorities())
        {
            cancellationToken.ThrowIfCancellationRequested();
            verdicts.Add(AuthorityJudge.Judge(authority, question.Match, collected.Subject, collected.Evidence, collected.GapFor(authority)));
        }

        foreach (var (attestation, authority) in required.Attestations.SelectMany(t => t.By.Select(a => (t, a))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            verdicts.Add(AuthorityJudge.JudgeAttestation(
                authority, attestation, collected.Subject, collected.Evidence, collected.AttestationGapFor(authority), now));
        }

        var outcome = new VerificationOutcome(verdicts.DrainToImmutable(), null, IsUnknown: false) { Index = IndexOf(question, collected.Manifest) };
        return outcome with { IsUnknown = MeritOf(question, outcome) is Decision.Undetermined };
    }

    /// <summary>Step 8: what is remembered is the merit, whatever the rule's mode does with it.</summary>
    private async Task<bool> AdmitAsync(Question question, VerificationOutcome outcome, TimeSpan age)
    {
        if (MeritOf(question, outcome) is not Decision.Admitted admitted)
        {
            return false;
        }

        if (outcome.Index is { } index)
        {
            await _ledger.RecordIndexAsync(index);
        }

        await _ledger.AdmitAsync(outcome.IsTagBound ? question.TagKey : question.Key, admitted.Signers, age);
        return true;
    }

    private static Decision MeritOf(Question question, VerificationOutcome outcome) =>
        Decider.FromVerdicts(question.Match, question.Basis, outcome.Verdicts).Effective;

    /// <summary>What an index lists; null for an image, and for an index that cannot be read, which vouches for itself alone.</summary>
    private KnownIndex? IndexOf(Question question, FetchedManifest manifest)
    {
        if (!MediaTypes.IsIndex(manifest.Descriptor.MediaType))
        {
            return null;
        }

        ImageIndex index;
        try
        {
            index = ImageIndex.Parse(manifest.Content, manifest.Descriptor.MediaType);
        }
        catch (FormatException)
        {
            return null;
        }

        var images = index.Manifests.Where(m => MediaTypes.IsManifest(m.MediaType)).Select(m => m.Digest).Distinct();
        var own = NodePlatform.Choose(index, _platform);
        return new KnownIndex(
            question.Reference.Name,
            question.Digest,
            [.. images.Take(LedgerLimits.MaxIndexChildren)],
            own is not null && MediaTypes.IsManifest(own.MediaType) ? own.Digest : null,
            _time.GetUtcNow());
    }
}
