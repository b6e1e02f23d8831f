using Microsoft.Extensions.Logging;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Step 11 of design.md section 2: is an image that is on the node reported as present? Contacts nobody.</summary>
internal sealed class PresenceJudge
{
    private readonly Ledger _ledger;
    private readonly DenialCache _denials;
    private readonly DecisionRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal PresenceJudge(Ledger ledger, DenialCache denials, DecisionRecorder recorder, TimeProvider time, ILogger logger)
    {
        _ledger = ledger;
        _denials = denials;
        _recorder = recorder;
        _time = time;
        _logger = logger;
    }

    internal async ValueTask<Presence> JudgeAsync(PolicyModel policy, PresentImage image)
    {
        var started = _time.GetTimestamp();
        var names = PresentNames.Of(image, _ledger);
        if (names.Candidates.Count == 0 && (policy.Unmatched == UnmatchedAction.Allow || policy.Mode == PolicyMode.Audit))
        {
            // Nothing that a rule could match: as for any other image that none matches.
            await RememberAsync(names.Key, image.Id);
            return new Presence(IsShown: true, null);
        }

        var (match, decision) = Judge(policy, image, names);
        if (decision is Decision.Admitted)
        {
            var recorded = await RecordAsync(image, match, decision, started);
            if (recorded is Decision.Admitted)
            {
                await RememberAsync(names.Key, image.Id);
                return new Presence(IsShown: true, recorded);
            }

            decision = recorded;
        }

        // What the kubelet was told a moment ago is not taken back, whatever became of policy, ledger or log since: it would run the
        // container as root (kubelet-observed.md section 4).
        if (_ledger.WasPresentRecently(names.Key, image.Id))
        {
            return new Presence(IsShown: true, null);
        }

        return new Presence(IsShown: false, await RecordAsync(image, match, decision, started));
    }

    private (RuleMatch? Match, Decision Decision) Judge(PolicyModel policy, PresentImage image, PresentNames names)
    {
        (RuleMatch? Match, Decision Decision)? refused = null;
        (RuleMatch? Match, Decision Decision)? observed = null;
        foreach (var (reference, digest) in names.Candidates)
        {
            foreach (var match in policy.MatchAnyNamespace(reference, digest, _time.GetUtcNow()))
            {
                var decision = JudgeOne(policy, image, reference, digest, match);
                if (decision is Decision.Admitted { Observed: null })
                {
                    return (match, decision);
                }

                if (decision is Decision.Admitted)
                {
                    observed ??= (match, decision);
                }

                refused ??= (match, decision);
            }
        }

        return observed ?? refused ?? (null, Nameless(policy, image));
    }

    private Decision JudgeOne(PolicyModel policy, PresentImage image, ImageReference reference, Digest? digest, RuleMatch match)
    {
        var basis = match.Basis(image.Asked, reference, digest, null);
        if (Decider.FromStatic(match, basis) is { } byRule)
        {
            return byRule;
        }

        if (digest is null || match.Action is not RuleAction.Require || match.Rule is null)
        {
            return NotAdmitted(match, basis, image);
        }

        var key = new AdmissionKey(reference.Name, digest, match.Rule, policy.Revision, policy.TrustRevision);
        var tagKey = key.ForTagOf(reference);
        if ((_ledger.FindAdmission(key) ?? _ledger.FindAdmission(tagKey)) is { } admission && !_ledger.IsKnownAsAnother(digest, image.Id))
        {
            return Decider.FromLedger(match, basis, admission.Signers);
        }

        return (_denials.Find(key) ?? _denials.Find(tagKey)) is { } denial
            ? Decider.FromLedgerRefusal(match, basis, denial.Reason, denial.Message)
            : NotAdmitted(match, basis, image);
    }

    private static Decision NotAdmitted(RuleMatch match, DecisionBasis basis, PresentImage image) => Decider.Failed(
        match,
        basis,
        DecisionReason.NoSignature,
        $"The image {image.Id} is on the node, but no verified signature for {basis.Reference} is known here; it counts as absent until it is pulled through NodeGate.");

    /// <summary>An image without any name that could be judged.</summary>
    private static Decision Nameless(PolicyModel policy, PresentImage image) => Decider.InvalidReference(
        policy, image.Asked, null, $"The image {image.Id} has no name that a rule could match; pull it by name.");

    private ValueTask<Decision> RecordAsync(PresentImage image, RuleMatch? match, Decision decision, long started) =>
        _recorder.RecordAsync(new GateRequest { Image = image.Asked, Event = DecisionEvent.ImageStatus }, match, decision, started);

    private async ValueTask RememberAsync(string asked, string imageId)
    {
        try
        {
            await _ledger.RecordPresentAsync(asked, imageId);
        }
        catch (NodeGateException e)
        {
            // For this process it is remembered; the answer is right with or without it.
            GateEvents.PresenceNotWritten(_logger, asked, e);
        }
    }
}
