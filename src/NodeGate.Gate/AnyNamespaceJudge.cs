using System.Collections.Immutable;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Judges what has no pod: a pull by the runtime itself, an image that is on the node. Every rule that could decide in some namespace is asked.</summary>
internal sealed class AnyNamespaceJudge
{
    private readonly Ledger _ledger;
    private readonly NameJudge _names;
    private readonly TimeProvider _time;

    internal AnyNamespaceJudge(Ledger ledger, NameJudge names, TimeProvider time)
    {
        _ledger = ledger;
        _names = names;
        _time = time;
    }

    /// <summary>The first rule that admits <paramref name="digest"/> under this name; what needs no registry first.</summary>
    internal async Task<(RuleMatch Match, Decision Decision)> JudgePullAsync(
        PolicyModel policy, GateRequest request, ImageReference reference, Digest digest, QuestionClock clock)
    {
        // The runtime has no image for it yet, so nothing is known of one.
        var image = new PresentImage(request.Image, "", []);
        var name = new PresentName(reference, digest);
        var matches = policy.MatchAnyNamespace(reference, digest, _time.GetUtcNow());
        var known = matches.Select(m => (Match: m, Decision: _names.FromMemory(policy, request, image, name, m))).ToList();
        if (known.FirstOrDefault(k => k.Decision is Decision.Admitted { Observed: null }) is { Decision: { } remembered } found)
        {
            return (found.Match, remembered);
        }

        (RuleMatch Match, Decision Decision)? best = null;
        foreach (var match in matches)
        {
            best = Better(best, match, await _names.JudgeAsync(policy, request, image, name, match, clock));
        }

        return best!.Value;
    }

    /// <summary>One decision for each rule that could decide for one of the image's names.</summary>
    internal async Task<ImmutableArray<Decision>> ExamineAsync(PolicyModel policy, PresentImage image, QuestionClock clock)
    {
        var request = new GateRequest { Image = image.Asked, Event = DecisionEvent.ImageStatus };
        var byRule = new Dictionary<(string?, Type), (RuleMatch Match, Decision Decision)>();
        foreach (var name in PresentNames.Of(image, null, _ledger).Candidates)
        {
            foreach (var match in policy.MatchAnyNamespace(name.Reference, name.Digest, _time.GetUtcNow()))
            {
                var rule = (match.Rule, match.Action.GetType());
                (RuleMatch, Decision)? earlier = byRule.TryGetValue(rule, out var known) ? known : null;
                if (known.Decision is not Decision.Admitted { Observed: null })
                {
                    byRule[rule] = Better(earlier, match, await _names.JudgeAsync(policy, request, image, name, match, clock));
                }
            }
        }

        return [.. byRule.Values.Select(v => v.Decision)];
    }

    private static (RuleMatch Match, Decision Decision) Better((RuleMatch Match, Decision Decision)? first, RuleMatch match, Decision second) =>
        first is not { } known || Rank(second) > Rank(known.Decision) ? (match, second) : known;

    private static int Rank(Decision decision) => decision switch
    {
        Decision.Admitted { Observed: null } => 2,
        Decision.Admitted => 1,
        _ => 0,
    };
}
