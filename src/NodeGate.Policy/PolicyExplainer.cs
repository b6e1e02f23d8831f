using NodeGate.Oci;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy;

/// <summary>Explains the precedence rule for one image: <c>nodegate policy explain</c>.</summary>
public static class PolicyExplainer
{
    /// <summary>Which rule decides for <paramref name="reference"/> and, for each other rule, why it does not.</summary>
    public static PolicyExplanation Explain(PolicyModel policy, ImageReference reference, Digest? resolved, string? @namespace, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
        var candidates = policy.Candidates(reference, resolved).Order(PatternMatch.Precedence).ToArray();
        var decisive = candidates.FirstOrDefault(c => PolicyModel.AppliesIn(c.Rule.Namespaces, @namespace));
        var matching = candidates.Select(c => Explain(c, decisive, @namespace)).OrderByDescending(e => e.Standing == RuleStanding.Decides);
        var others = policy.Rules.Where(r => !candidates.Any(c => ReferenceEquals(c.Rule, r))).Select(r => new RuleExplanation(
            r.Name, r.Position, RuleStanding.NoPattern, null, NoPattern(r, reference, resolved)));
        return new PolicyExplanation(policy.Match(reference, resolved, @namespace, now), [.. matching, .. others]);
    }

    private static RuleExplanation Explain(PatternMatch candidate, PatternMatch? decisive, string? @namespace)
    {
        var (standing, because) = ReferenceEquals(candidate, decisive) ? (RuleStanding.Decides, $"'{candidate.Pattern}' matches: {Rank(candidate.Pattern)}.")
            : !PolicyModel.AppliesIn(candidate.Rule.Namespaces, @namespace) ? (RuleStanding.OtherNamespace, OtherNamespace(@namespace))
            : (RuleStanding.LessExact, Compare(candidate, decisive!));
        return new RuleExplanation(candidate.Rule.Name, candidate.Rule.Position, standing, candidate.Pattern.Text, because);
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

    private static string NoPattern(PolicyRule rule, ImageReference reference, Digest? resolved)
    {
        var byName = rule.Patterns.FirstOrDefault(p => p.MatchesName(reference.PolicyName));
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
