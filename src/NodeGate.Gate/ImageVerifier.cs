using System.Collections.Immutable;
using NodeGate.Gate.Collecting;
using NodeGate.Gate.Scheduling;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Steps 6 to 8 of design.md section 2 for one digest: collect, verify, and remember what came of it.</summary>
internal sealed class ImageVerifier
{
    private readonly IImageSourceFactory _sources;
    private readonly Ledger _ledger;
    private readonly DenialCache _denials;
    private readonly FairSlots _slots;
    private readonly TimeProvider _time;

    internal ImageVerifier(IImageSourceFactory sources, Ledger ledger, DenialCache denials, FairSlots slots, TimeProvider time)
    {
        _sources = sources;
        _ledger = ledger;
        _denials = denials;
        _slots = slots;
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
            using var slot = await _slots.EnterAsync(question.Reference.Registry, either.Token);
            return await VerifyAsync(question, source ?? _sources.Open(question.Reference, question.Request.Credential), resolved, either.Token);
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

    private async Task<VerificationOutcome> VerifyAsync(
        Question question, IImageSource source, FetchedManifest? resolved, CancellationToken cancellationToken)
    {
        // Step 6: once for all authorities.
        var required = question.Match.Action as RuleAction.Require ?? throw new InvalidOperationException("Only a rule that requires evidence is verified.");
        var collected = await new EvidenceCollector(source, question.Reference, EvidenceWanted.By(required))
            .CollectAsync(question.Digest, resolved, cancellationToken);

        // Step 7: pure, so only the clock can end it early; the limits bound it.
        var now = _time.GetUtcNow();
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

        // Step 8: what is remembered is the merit, whatever the rule's mode does with it.
        var outcome = new VerificationOutcome(verdicts.DrainToImmutable(), null, IsUnknown: false);
        var key = outcome.Verdicts.Any(v => v.IsTagBound) ? question.TagKey : question.Key;
        switch (Decider.FromVerdicts(question.Match, question.Basis, outcome.Verdicts).Effective)
        {
            case Decision.Admitted admitted:
                await _ledger.AdmitAsync(key, admitted.Signers);
                _denials.Remove(question.Key);
                _denials.Remove(question.TagKey);
                return outcome;
            case Decision.Denied denied:
                _denials.Put(key, new Denial(denied.Reason, denied.Message));
                return outcome;
            default:
                return outcome with { IsUnknown = true };
        }
    }
}
