using Microsoft.Extensions.Logging;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Step 11 of design.md section 2: is an image that is on the node reported as present?</summary>
internal sealed class PresenceJudge
{
    private readonly Ledger _ledger;
    private readonly NameJudge _names;
    private readonly DecisionRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal PresenceJudge(Ledger ledger, NameJudge names, DecisionRecorder recorder, TimeProvider time, ILogger logger)
    {
        _ledger = ledger;
        _names = names;
        _recorder = recorder;
        _time = time;
        _logger = logger;
    }

    internal async ValueTask<Presence> JudgeAsync(PolicyModel policy, PresentImage image, QuestionClock clock)
    {
        var started = clock.Started;
        var names = PresentNames.Of(image, _ledger);
        if (names.Candidates.Count == 0 && (policy.Unmatched == UnmatchedAction.Allow || policy.Mode == PolicyMode.Audit))
        {
            // Nothing that a rule could match: as for any other image that none matches.
            await RememberAsync(names.Key, image.Id);
            return new Presence(IsShown: true, null);
        }

        var (match, decision) = await JudgeAsync(policy, image, names, clock);
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

    private async Task<(RuleMatch? Match, Decision Decision)> JudgeAsync(PolicyModel policy, PresentImage image, PresentNames names, QuestionClock clock)
    {
        (RuleMatch? Match, Decision Decision)? refused = null;
        (RuleMatch? Match, Decision Decision)? observed = null;
        var request = RequestOf(image);
        foreach (var name in names.Candidates)
        {
            foreach (var match in policy.MatchAnyNamespace(name.Reference, name.Digest, _time.GetUtcNow()))
            {
                // Without credentials: where the registry wants some, the image is absent, so that the kubelet pulls with them.
                var decision = await _names.RecallAsync(policy, request, image, name, match, clock)
                    ?? NameJudge.NotAdmitted(image, name, match, match.Basis(image.Asked, name.Reference, name.Digest, null));
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

    /// <summary>An image without any name that could be judged.</summary>
    private static Decision Nameless(PolicyModel policy, PresentImage image) => Decider.InvalidReference(
        policy, image.Asked, null, $"The image {image.Id} has no name that a rule could match; pull it by name.");

    private ValueTask<Decision> RecordAsync(PresentImage image, RuleMatch? match, Decision decision, long started) =>
        _recorder.RecordAsync(RequestOf(image), match, decision, started);

    private static GateRequest RequestOf(PresentImage image) => new() { Image = image.Asked, Event = DecisionEvent.ImageStatus };

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
