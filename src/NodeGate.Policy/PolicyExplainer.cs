using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Policy.Patterns;
using NodeGate.Verification.Strict;

namespace NodeGate.Policy;

/// <summary>Explains the precedence rule for one image: <c>nodegate policy explain</c>.</summary>
public static class PolicyExplainer
{
    /// <summary>Which rule or exception decides for <paramref name="reference"/> and, for each other one, why it does not.</summary>
    public static PolicyExplanation Explain(PolicyModel policy, ImageReference reference, Digest? resolved, string? @namespace, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
        var match = policy.Match(reference, resolved, @namespace, now);
        var candidates = policy.Candidates(reference, resolved).Order(PatternMatch.Precedence).ToArray();
        var decisive = candidates.FirstOrDefault(c => PolicyModel.AppliesIn(c.Rule.Namespaces, @namespace));
        var matching = candidates.Select(c => Explain(c, decisive, match, @namespace)).OrderByDescending(e => e.Standing is RuleStanding.Decides or RuleStanding.SetAside);
        var others = policy.Rules.Where(r => !candidates.Any(c => ReferenceEquals(c.Rule, r))).Select(r => new RuleExplanation(
            r.Name, r.Position, r.Mode, RuleStanding.NoPattern, null, NoPattern(r.Patterns, reference, resolved)));
        var exceptions = policy.Exemptions.Select(e => Explain(e, match, reference, resolved, @namespace, now))
            .OrderByDescending(e => e.Standing == RuleStanding.Decides).ThenByDescending(e => e.Pattern is not null);
        return new PolicyExplanation(match, [.. exceptions], [.. matching, .. others]);
    }

    private static RuleExplanation Explain(PatternMatch candidate, PatternMatch? decisive, RuleMatch match, string? @namespace)
    {
        var matches = $"'{candidate.Pattern}' matches: {Rank(candidate.Pattern)}";
        var (standing, because) = ReferenceEquals(candidate, decisive)
                ? match.Action is RuleAction.Exempt exempt
                    ? (RuleStanding.SetAside, $"{matches}; exception '{exempt.Exemption.Name}' comes first until {Shown.Time(exempt.Exemption.Expires)}.")
                    : (RuleStanding.Decides, matches + ".")
            : !PolicyModel.AppliesIn(candidate.Rule.Namespaces, @namespace) ? (RuleStanding.OtherNamespace, OtherNamespace(@namespace))
            : (RuleStanding.LessExact, Compare(candidate, decisive!));
        return new RuleExplanation(candidate.Rule.Name, candidate.Rule.Position, candidate.Rule.Mode, standing, candidate.Pattern.Text, because);
    }

    private static RuleExplanation Explain(
        PolicyExemption exemption, RuleMatch match, ImageReference reference, Digest? resolved, string? @namespace, DateTimeOffset now)
    {
        var pattern = exemption.Covers(reference, resolved);
        var decides = match.Action is RuleAction.Exempt exempt ? exempt.Exemption : null;
        var (standing, because) =
            pattern is null ? (RuleStanding.NoPattern, NoPattern(exemption.Patterns, reference, resolved))
            : !PolicyModel.AppliesIn(exemption.Namespaces, @namespace) ? (RuleStanding.OtherNamespace, OtherNamespace(@namespace))
            : !exemption.HoldsAt(now) ? (RuleStanding.Ended, $"It ended at {Shown.Time(exemption.Expires)}; ask its owner, {exemption.Owner}.")
            : ReferenceEquals(exemption, decides)
                ? (RuleStanding.Decides, $"'{pattern}' covers it until {Shown.Time(exemption.Expires)}; its owner is {exemption.Owner}.")
            : decides is null ? (RuleStanding.NotNeeded, "It covers the image, which is allowed anyway.")
            : (RuleStanding.EndsSooner, $"It ends at {Shown.Time(exemption.Expires)}, and exception '{decides.Name}' does not end before it.");
        return new RuleExplanation(exemption.Name, exemption.Position, null, standing, pattern?.Text, because);
    }

    private static string OtherNamespace(string? @namespace) => @namespace is null
        ? "It holds in some namespaces only, and none is known; give one with --namespace."
        : $"It does not hold in namespace '{@namespace}'.";

    private static string Compare(PatternMatch candidate, PatternMatch decisive)
    {
        var (less, more) = (candidate.Pattern, decisive.Pattern);
        if (less.Rank != more.Rank)
        {
            return $"'{less}' is {Rank(less)}; '{more}' is {Rank(more)}, which comes first.";
        }

        return less.LiteralPrefix.Length != more.LiteralPrefix.Length
            ? $"'{less}' has {less.LiteralPrefix.Length} characters before its first wildcard, '{more}' has {more.LiteralPrefix.Length}: the longer one comes first."
            : $"'{less}' is the pattern of rule '{decisive.Rule.Name}' as well, which names this namespace and so comes first.";
    }

    private static string Rank(ImagePattern pattern) => pattern.Rank switch
    {
        PatternRank.Digest => "an exact digest",
        PatternRank.Tag => "an exact tag",
        PatternRank.Repository => "an exact repository",
        _ => "a pattern with wildcards",
    };

    private static string NoPattern(ImmutableArray<ImagePattern> patterns, ImageReference reference, Digest? resolved)
    {
        var byName = patterns.FirstOrDefault(p => p.MatchesName(reference.PolicyName));
        return byName switch
        {
            null => $"None of its patterns matches {reference.PolicyName}.",
            { Digest: not null } when resolved is null && reference.Digest is null =>
                $"'{byName}' names a digest, and the digest of {reference} is not known here; give it with --digest.",
            { Digest: not null } => $"'{byName}' names another digest.",
            _ when reference.Tag is null => $"'{byName}' names a tag, and {reference} has a digest instead.",
            _ => $"'{byName}' names another tag than '{reference.Tag}'.",
        };
    }
}
