using System.Collections.Immutable;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Loading;

/// <summary>
/// Finds pairs of rules between which the precedence rule does not decide: patterns of one rank with equally long literal prefixes that
/// can match one image, in rules that can meet in one namespace. Only equal patterns of which one rule names namespaces are decided.
/// </summary>
internal static class TieFinder
{
    public static void Find(ImmutableArray<PolicyRule> rules, ErrorList errors)
    {
        // Two patterns that match one image have literal prefixes of one text, so equally long ones are equal.
        var groups = rules
            .SelectMany(rule => rule.Patterns.Select(pattern => new PatternMatch(rule, pattern)))
            .GroupBy(m => (m.Pattern.Rank, m.Pattern.LiteralPrefix));
        var told = new HashSet<(PolicyRule, PolicyRule)>();
        foreach (var group in groups)
        {
            var members = group.ToArray();
            for (var i = 1; i < members.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    if (IsTie(members[j], members[i]) && told.Add((members[j].Rule, members[i].Rule)))
                    {
                        Tell(members[j], members[i], errors);
                    }
                }
            }
        }
    }

    private static bool IsTie(PatternMatch left, PatternMatch right)
    {
        if (ReferenceEquals(left.Rule, right.Rule))
        {
            return false;
        }

        var areEqual = left.Pattern.Text == right.Pattern.Text;
        if (areEqual && left.Rule.NamesNamespaces != right.Rule.NamesNamespaces)
        {
            return false;
        }

        return (areEqual || ImagePattern.Overlap(left.Pattern, right.Pattern)) && NamespaceSearch.MayMeet(left.Rule.Namespaces, right.Rule.Namespaces, []);
    }

    private static void Tell(PatternMatch left, PatternMatch right, ErrorList errors)
    {
        var both = left.Pattern.Text == right.Pattern.Text
            ? $"the pattern '{right.Pattern}' in two rules"
            : $"'{right.Pattern}', which can match the same image as '{left.Pattern}' with an equally long literal prefix";
        errors.Add(
            right.Rule.Position with { Path = right.Rule.Position.Path + ".images" },
            $"a tie: {both}; the other rule is '{left.Rule.Name}' at {left.Rule.Position}",
            "one rule that decides: make one pattern more exact (a longer part before the first wildcard, a repository, a tag or a digest), "
                + "give the same pattern to both and 'namespaces' to one, name namespaces that do not overlap, or join the rules");
    }
}
