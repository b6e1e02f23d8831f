using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>
/// Step 12 of design.md section 2: may a container of this namespace run an image that is on the node? The name that the pod says decides, and
/// every name of the image must point at something good: the runtime starts from the first of them, wherever it points then (cri.md section 3).
/// </summary>
internal sealed class ContainerJudge
{
    private readonly Ledger _ledger;
    private readonly NameJudge _names;
    private readonly TimeProvider _time;

    internal ContainerJudge(Ledger ledger, NameJudge names, TimeProvider time)
    {
        _ledger = ledger;
        _names = names;
        _time = time;
    }

    internal static GateRequest RequestOf(ContainerRequest container) => new()
    {
        Image = string.IsNullOrEmpty(container.Written) ? container.Image.Asked : container.Written,
        Event = container.Event,
        Namespace = container.Namespace,
        Pod = container.Pod,
        PodUid = container.PodUid,
    };

    internal async Task<(RuleMatch? Match, Decision Decision)> JudgeAsync(PolicyModel policy, ContainerRequest container, QuestionClock clock)
    {
        var image = container.Image;
        var question = new Asked(policy, RequestOf(container), image, clock);
        var names = PresentNames.Of(image, container.Written, _ledger);
        var (match, decision) = names.IsById || names.Candidates.Count == 0
            ? await JudgeByIdAsync(question, names)
            : await JudgeByNameAsync(question, names);
        return match is not null && decision is Decision.Admitted { Observed: null } admitted
            ? (match, await JudgeTargetsAsync(question, match, admitted))
            : (match, decision);
    }

    /// <summary>Any of the candidates admits; what needs no registry first.</summary>
    private async Task<(RuleMatch Match, Decision Decision)> JudgeByNameAsync(Asked asked, PresentNames names)
    {
        var candidates = names.Candidates.Select(name => (Name: name, Match: MatchOf(asked, name))).ToList();
        var known = candidates.Select(c => (c.Match, Decision: _names.FromMemory(asked.Policy, asked.Request, asked.Image, c.Name, c.Match))).ToList();
        if (known.FirstOrDefault(k => k.Decision is Decision.Admitted { Observed: null }) is { Decision: { } remembered } found)
        {
            return (found.Match, remembered);
        }

        (RuleMatch Match, Decision Decision)? other = null;
        foreach (var (name, match) in candidates)
        {
            var decision = await _names.JudgeAsync(asked.Policy, asked.Request, asked.Image, name, match, asked.Clock);
            if (decision is Decision.Admitted { Observed: null })
            {
                return (match, decision);
            }

            if (other is null || (decision is Decision.Admitted && other.Value.Decision is not Decision.Admitted))
            {
                other = (match, WithFix(match, decision));
            }
        }

        return other!.Value;
    }

    /// <summary>An ID is no name that a rule could match, and says nothing of where the image is from.</summary>
    private async Task<(RuleMatch? Match, Decision Decision)> JudgeByIdAsync(Asked asked, PresentNames names)
    {
        // The ID is good text for a reference as well (ImageLookup), and stands here only for want of another.
        if (!ImageReference.TryParse(asked.Image.Id, out var id, out _))
        {
            return (null, Decider.InvalidReference(asked.Policy, asked.Request.Image, asked.Request.Namespace, $"The image ID '{asked.Image.Id}' is none."));
        }

        var unnamed = asked.Policy.MatchUnnamed();
        var governed = names.Candidates.Select(name => (Name: name, Match: MatchOf(asked, name))).Where(c => c.Match.Rule is not null).ToList();
        if (asked.Policy.Unmatched == UnmatchedAction.Allow)
        {
            foreach (var (name, match) in governed)
            {
                var decision = await _names.JudgeAsync(asked.Policy, asked.Request, asked.Image, name, match, asked.Clock);
                if (decision is not Decision.Admitted)
                {
                    return (match, WithFix(match, decision));
                }
            }

            return (unnamed, Decider.FromStatic(unnamed, unnamed.Basis(asked.Request.Image, id, null, asked.Request.Namespace))!);
        }

        // Where the image has names, a rule in audit mode lets it through as it does by name; one that enforces does not.
        var (reference, deciding) = governed
            .OrderBy(c => c.Match.Mode == PolicyMode.Audit)
            .Select(c => (c.Name.Reference, c.Match))
            .FirstOrDefault((id, unnamed));
        var example = names.Candidates.FirstOrDefault()?.Reference.ToString() ?? "repository@sha256:…";
        return (deciding, Decider.Failed(
            deciding,
            deciding.Basis(asked.Request.Image, reference, null, asked.Request.Namespace),
            DecisionReason.NoMatchingRule,
            $"The image is asked for by its ID {asked.Image.Id}, which no rule can match; write its name instead, such as {example}."));
    }

    /// <summary>
    /// What each name points at must be what was admitted, have been pulled through the gate as this very image, or be admitted here as well.
    /// </summary>
    private async Task<Decision> JudgeTargetsAsync(Asked asked, RuleMatch match, Decision.Admitted admitted)
    {
        var digest = admitted.Image.Digest;
        var pulled = _ledger.FindPulled(asked.Image.Id).Select(p => p.Digest).OfType<Digest>().ToHashSet();
        var open = asked.Image.Names
            .Where(n => n.Target is null || !(n.Target == digest || pulled.Contains(n.Target)))
            .DistinctBy(n => n.Target)
            .ToList();
        if (open.Count > GateLimits.MaxTargetsJudged)
        {
            return Decider.Failed(match, admitted.Basis, DecisionReason.LimitExceeded,
                $"The names of the image {asked.Image.Id} point at {open.Count} digests that are not known here; at most {GateLimits.MaxTargetsJudged} are judged. "
                + "Remove those that are not needed.");
        }

        foreach (var name in open)
        {
            if (name.Target is null || !await IsAdmittedAsync(asked, name))
            {
                return Decider.Failed(match, admitted.Basis, DecisionReason.NoSignature,
                    $"The runtime's name {name.Name} of the image points at {name.Target?.ToString() ?? "an unknown digest"}, which is not admitted here, "
                    + "and a container may start from it; remove that name from the runtime.");
            }
        }

        return admitted;
    }

    private async Task<bool> IsAdmittedAsync(Asked asked, ImageName name) =>
        PresentNames.Of(name, asked.Image, _ledger) is { } candidate
        && await _names.JudgeAsync(asked.Policy, asked.Request, asked.Image, candidate, MatchOf(asked, candidate), asked.Clock) is Decision.Admitted;

    private RuleMatch MatchOf(Asked asked, PresentName name) =>
        asked.Policy.Match(name.Reference, name.Digest, asked.Request.Namespace, _time.GetUtcNow());

    private static Decision WithFix(RuleMatch match, Decision decision) => decision is Decision.Undetermined { Reason: DecisionReason.Unauthorized }
        ? Decider.Failed(match, decision.Basis, decision.Reason,
            decision.Message + " A container starts without credentials: set imagePullPolicy: Always in this namespace, so that a pull with its own verifies the image.")
        : decision;

    private sealed record Asked(PolicyModel Policy, GateRequest Request, PresentImage Image, QuestionClock Clock);
}
