using System.Collections.Immutable;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Loading;

/// <summary>
/// Finds exceptions for a digest that a rule denies by that digest. An exception decides before every rule, so it would quietly let
/// through the very image that somebody took the trouble to name as bad.
/// </summary>
internal static class ContradictionFinder
{
    public static void Find(ImmutableArray<PolicyRule> rules, ImmutableArray<PolicyExemption> exemptions, ErrorList errors)
    {
        var denied = rules.Where(r => r.Action is RuleAction.Deny)
            .SelectMany(r => r.Patterns.Where(p => p.Digest is not null).Select(p => new PatternMatch(r, p)))
            .ToLookup(m => m.Pattern.Digest!);
        foreach (var exemption in exemptions)
        {
            var contradicting = exemption.Patterns.Where(p => p.Digest is not null)
                .SelectMany(p => denied[p.Digest!].Where(m => ImagePattern.Overlap(p, m.Pattern)).Select(m => (Pattern: p, Denied: m)))
                .FirstOrDefault(c => NamespaceSearch.MayMeet(exemption.Namespaces, c.Denied.Rule.Namespaces, []));
            if (contradicting.Denied is { } match)
            {
                errors.Add(
                    exemption.Position with { Path = exemption.Position.Path + ".images" },
                    $"an exception for '{contradicting.Pattern}', which rule '{match.Rule.Name}' at {match.Rule.Position} denies by its digest",
                    "one of them: an exception that ends, or a rule that denies this digest; or 'namespaces' that do not overlap");
            }
        }
    }
}
