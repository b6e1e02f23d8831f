using NodeGate.Gate.Scheduling;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Steps 5 to 8 of design.md section 2 for one question: from memory, or by verifying once for all who ask.</summary>
/// <remarks>
/// An index vouches for the images that it lists, under the rule that is asked; an image never vouches for its index. Under
/// <c>platform: verify</c> the one image that this node runs may be admitted instead of its index, and is then what is pulled.
/// </remarks>
internal sealed class QuestionJudge
{
    private readonly Ledger _ledger;
    private readonly ImageVerifier _verifier;
    private readonly DenialCache _denials;
    private readonly DenialCache _outages;
    private readonly VerificationFlights _flights = new();
    private readonly TimeProvider _time;

    internal QuestionJudge(Ledger ledger, ImageVerifier verifier, TimeSpan deniedFor, TimeProvider time)
    {
        _ledger = ledger;
        _verifier = verifier;
        _denials = new DenialCache(deniedFor, time);
        _outages = new DenialCache(deniedFor, time);
        _time = time;
    }

    /// <summary>Step 5: the answer of the ledger, or of a refusal a moment ago; null where neither knows.</summary>
    internal Decision? FromMemory(Question question)
    {
        if (FromLedger(question) is { } admitted)
        {
            return admitted;
        }

        if ((_denials.Find(question.Key) ?? _denials.Find(question.TagKey)) is { } denial)
        {
            return Decider.FromLedgerRefusal(question.Match, question.Basis, denial.Reason, denial.Message);
        }

        // Not asked again at once: every container would wait as long for a registry that does not answer.
        return _outages.Find(question.TagKey) is { } outage ? FromGrace(question, outage.Message) : null;
    }

    /// <summary>The same by what was collected for an earlier admission, under another rule or policy; null where that admits nothing.</summary>
    internal async Task<Decision?> FromStoredAsync(Question question, CancellationToken cancellationToken)
    {
        var indexes = IndexesOf(question).Take(LedgerLimits.MaxIndexesVerified);
        Question?[] others = [question, .. indexes.Select(i => question.About(i.Digest)), OwnImage(question)];
        try
        {
            foreach (var other in others.OfType<Question>())
            {
                if (await _verifier.AdmitFromStoredAsync(other, cancellationToken))
                {
                    return FromLedger(question);
                }
            }
        }
        catch (NodeGateException e)
        {
            return Decider.Failed(question.Match, question.Basis, e.Reason, e.Message);
        }

        return null;
    }

    /// <summary>True where an admission has lapsed that the rule still allows to be used in an outage.</summary>
    internal bool HasLapsed(Question question) => FindLapsed(question) is not null;

    /// <summary>Steps 6 to 8.</summary>
    /// <param name="question">What is asked, with the digest.</param>
    /// <param name="source">The repository where it is open already.</param>
    /// <param name="resolved">The manifest where a tag was resolved to it.</param>
    /// <param name="clock">The caller's; the work may outlive it, so it has its own time and not this caller's cancellation.</param>
    internal async Task<Decision> VerifyAsync(Question question, IImageSource? source, FetchedManifest? resolved, QuestionClock clock)
    {
        Decision decision;
        var isTagBound = false;
        try
        {
            (decision, isTagBound) = await JudgeAsync(question, source, resolved, clock);
        }
        catch (OperationCanceledException) when (!clock.IsGivenUp)
        {
            decision = Decider.Failed(question.Match, question.Basis, DecisionReason.TimedOut, ImageGate.TooLate(question.Reference));
        }

        switch (decision.Effective)
        {
            case Decision.Admitted:
                _denials.Remove(question.Key);
                _denials.Remove(question.TagKey);
                break;
            case Decision.Denied denied:
                _denials.Put(isTagBound ? question.TagKey : question.Key, new Denial(denied.Reason, denied.Message));
                await ForgetLapsedAsync(question);
                break;
            case { Reason: DecisionReason.RegistryUnavailable or DecisionReason.TimedOut } outage when FromGrace(question, outage.Message) is { } grace:
                _outages.Put(question.TagKey, new Denial(outage.Reason, outage.Message));
                return grace;
        }

        return decision;
    }

    private async Task<(Decision Decision, bool IsTagBound)> JudgeAsync(
        Question question, IImageSource? source, FetchedManifest? resolved, QuestionClock clock)
    {
        if (await FromStoredAsync(question, clock.Token) is { } stored)
        {
            return (stored, false);
        }

        var (own, outcome) = await FlyAsync(question, source, resolved, clock);
        if (own.Effective is Decision.Admitted)
        {
            return (DeniedOwn(question) ?? own, outcome.IsTagBound);
        }

        var (other, isTagBound) = outcome.Index is { } index
            ? await JudgePlatformAsync(question, own, index, source, clock)
            : await JudgeIndexesAsync(question, source, clock);

        // What is open is not denied: an answer that is not known yet must not be remembered as a refusal.
        var decision = other is null || (other.Effective is Decision.Denied && own.Effective is Decision.Undetermined) ? own : other;
        return (decision, outcome.IsTagBound || isTagBound);
    }

    /// <summary>The image that this node runs, instead of the index that is not admitted; the answer is about that image's digest.</summary>
    private async Task<(Decision? Decision, bool IsTagBound)> JudgePlatformAsync(
        Question question, Decision index, KnownIndex known, IImageSource? source, QuestionClock clock)
    {
        if (!question.Match.VerifiesPlatform)
        {
            return (null, false);
        }

        if (known.Own is null)
        {
            var refusal = index.Effective;
            return (Decider.Failed(question.Match, question.Basis, refusal.Reason,
                $"{refusal.Message} Rule '{question.Match.Rule}' would take a signature of this node's image, "
                + "but the index lists none, or another index in its place."), false);
        }

        if (DeniedByDigest(question, known.Own) is { } denied)
        {
            return (denied, false);
        }

        var child = question.About(known.Own);
        if (Remembered(child) is { } admission)
        {
            return (Decider.FromLedger(child.Match, child.Basis, admission.Signers), false);
        }

        var (decision, outcome) = await FlyAsync(child, source, null, clock);
        if (decision.Effective is Decision.Admitted)
        {
            try
            {
                await _ledger.RecordIndexAsync(known);
            }
            catch (NodeGateException e)
            {
                return (Decider.Failed(child.Match, child.Basis, e.Reason, e.Message), outcome.IsTagBound);
            }
        }

        return (decision, outcome.IsTagBound);
    }

    /// <summary>The indexes that list the image, each judged as itself: what makes an index good is never one of its images.</summary>
    private async Task<(Decision? Decision, bool IsTagBound)> JudgeIndexesAsync(Question question, IImageSource? source, QuestionClock clock)
    {
        (Decision? Decision, bool IsTagBound) open = (null, false);
        foreach (var known in IndexesOf(question).Take(LedgerLimits.MaxIndexesVerified))
        {
            var (decision, outcome) = await FlyAsync(question.About(known.Digest), source, null, clock);
            switch (decision.Effective)
            {
                case Decision.Admitted admitted:
                    return (Decider.FromIndex(question.Match, question.Basis, known.Digest, admitted.Signers, cached: false), outcome.IsTagBound);
                case Decision.Undetermined undetermined when open.Decision is null:
                    open = (Decider.Failed(question.Match, question.Basis, undetermined.Reason, undetermined.Message), outcome.IsTagBound);
                    break;
            }
        }

        return open;
    }

    private async Task<(Decision Decision, VerificationOutcome Outcome)> FlyAsync(
        Question question, IImageSource? source, FetchedManifest? resolved, QuestionClock clock)
    {
        var deadline = clock.Left;

        // By tag, because only the signatures will tell whether they depend on it.
        var outcome = await _flights.RunAsync(
            question.TagKey,
            question.Request.Credential,
            nobodyWaits => _verifier.VerifyAsync(question, source, resolved, deadline, nobodyWaits),
            clock.Token);
        return (outcome.Failure is { } failure
            ? Decider.Failed(question.Match, question.Basis, failure.Reason, failure.Detail)
            : Decider.FromVerdicts(question.Match, question.Basis, outcome.Verdicts), outcome);
    }

    private Decision? FromLedger(Question question)
    {
        if (Remembered(question) is { } own)
        {
            return DeniedOwn(question) ?? Decider.FromLedger(question.Match, question.Basis, own.Signers);
        }

        foreach (var index in IndexesOf(question))
        {
            if (Remembered(question.About(index.Digest)) is { } admission)
            {
                return Decider.FromIndex(question.Match, question.Basis, index.Digest, admission.Signers, cached: true);
            }
        }

        if (OwnImage(question) is not { } child || Remembered(child) is not { } platform)
        {
            return null;
        }

        return DeniedByDigest(question, child.Digest) ?? Decider.FromLedger(child.Match, child.Basis, platform.Signers);
    }

    private Decision? FromGrace(Question question, string outage) => FindLapsed(question) is { } lapsed
        ? DeniedByDigest(question, lapsed.Question.Digest) ?? DeniedOwn(question)
            ?? Decider.FromGrace(lapsed.Question.Match, lapsed.Question.Basis, lapsed.Admission.Signers, outage)
        : null;

    /// <summary>The lapsed admission, and the question that it answers: of the digest itself, of an index that lists it, or of the image instead of its index.</summary>
    private (Question Question, Admission Admission)? FindLapsed(Question question)
    {
        if (!question.Match.AllowsGrace)
        {
            return null;
        }

        if (Lapsed(question) is { } own)
        {
            return (question, own);
        }

        var byIndex = IndexesOf(question)
            .Select(i => Lapsed(question.About(i.Digest)))
            .OfType<Admission>()
            .FirstOrDefault();
        return byIndex is not null ? (question, byIndex)
            : OwnImage(question) is { } child && Lapsed(child) is { } platform ? (child, platform)
            : null;
    }

    /// <summary>Attack: a signature was taken back, the registry has said so, and then the registry is taken down.</summary>
    private async Task ForgetLapsedAsync(Question question)
    {
        try
        {
            while (FindLapsed(question) is { } lapsed)
            {
                await _ledger.ForgetAsync(lapsed.Admission);
            }
        }
        catch (NodeGateException)
        {
            // The ledger has logged it; a refusal stays a refusal.
            return;
        }
    }

    private Admission? Remembered(Question question) => _ledger.FindAdmission(question.Key) ?? _ledger.FindAdmission(question.TagKey);

    private Admission? Lapsed(Question question) => _ledger.FindLapsed(question.Key) ?? _ledger.FindLapsed(question.TagKey);

    private Question? OwnImage(Question question) =>
        question.Match.VerifiesPlatform && _ledger.FindIndex(question.Reference.Name, question.Digest)?.Own is { } own ? question.About(own) : null;

    /// <summary>The indexes that may vouch for the image: one that the policy denies by its digest vouches for nothing.</summary>
    private IEnumerable<KnownIndex> IndexesOf(Question question) => _ledger.FindIndexesOf(question.Reference.Name, question.Digest)
        .Where(i => DeniedByDigest(question, i.Digest) is not Decision.Denied);

    /// <summary>An index whose image for this node is denied: that is what the runtime would take of it.</summary>
    private Decision? DeniedOwn(Question question) =>
        _ledger.FindIndex(question.Reference.Name, question.Digest)?.Own is { } own ? DeniedByDigest(question, own) : null;

    /// <summary>A digest that the policy denies is denied as an image of an index as well.</summary>
    private Decision? DeniedByDigest(Question question, Digest digest)
    {
        if (digest == question.Digest)
        {
            return null;
        }

        var match = question.Policy.Match(question.Reference.WithDigest(digest), digest, question.Request.Namespace, _time.GetUtcNow());
        return match is { Action: RuleAction.Deny, Pattern: { } pattern } && pattern.Contains('@', StringComparison.Ordinal)
            ? Decider.FromStatic(match, match.Basis(question.Request.Image, question.Reference.WithDigest(digest), digest, question.Request.Namespace))
            : null;
    }
}
