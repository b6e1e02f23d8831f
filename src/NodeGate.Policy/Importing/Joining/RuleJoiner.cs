using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Joining;

/// <summary>
/// Makes rules, of which exactly one decides, from demands, all of which must be satisfied. Each pattern that any demand names gets a rule
/// with everything that is asked of its images; the more exact pattern decides here, and it asks for what the wider ones ask as well.
/// </summary>
/// <remarks>
/// That is exact as long as any two patterns are apart, one within the other, or subject to the same demands: otherwise there are images
/// for which no one pattern says all, and the import is refused. Namespaces likewise.
/// </remarks>
internal sealed class RuleJoiner(ImmutableArray<Demand> demands, string skippedReason, ImportContext context)
{
    private readonly NativeNames _names = new();

    public ImmutableArray<NativeRule> Join()
    {
        var selectors = demands.DistinctBy(d => d.NamespaceKey).ToArray();
        if (!AreApart([.. selectors.Where(d => d.NamesNamespaces)]))
        {
            return [];
        }

        var rules = ImmutableArray.CreateBuilder<NativeRule>();
        foreach (var selector in selectors)
        {
            var holding = demands.Where(d => Holds(d, selector)).ToArray();
            var regions = holding.SelectMany(d => d.Patterns.Concat(d.Skipped)).DistinctBy(p => p.Text).Select(p => new Region(p, Of(p, selector))).ToArray();
            RefuseCrossing(regions);
            var decided = regions.Where(r => IsDecidedHere(r.Pattern, selector));
            rules.AddRange(decided.GroupBy(r => string.Join(',', r.Demands.Select(d => demands.IndexOf(d)))).Select(g => Rule(g.ToArray(), selector)));
        }

        return rules.DrainToImmutable();
    }

    /// <summary>In the namespaces of a selector a rule is needed where one of its own demands has a say; elsewhere the rule for all namespaces says the same.</summary>
    private bool IsDecidedHere(ImagePattern region, Demand selector) =>
        demands.Any(d => d.NamespaceKey == selector.NamespaceKey && d.Patterns.Any(p => ImagePattern.Covers(p, region)));

    private ImmutableArray<Demand> Of(ImagePattern region, Demand selector) =>
        [.. demands.Where(d => Holds(d, selector) && d.Matches(region))];

    /// <summary>True in the namespaces of <paramref name="selector"/>: they are those of the demand, or it names none.</summary>
    private static bool Holds(Demand demand, Demand selector) => !demand.NamesNamespaces || demand.NamespaceKey == selector.NamespaceKey;

    private bool AreApart(Demand[] selectors)
    {
        for (var i = 1; i < selectors.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (NamespaceSearch.MayExist([Selector(selectors[i]), Selector(selectors[j])], []))
                {
                    context.Refuse(
                        selectors[i].Origin,
                        $"'{YamlText.Comment(selectors[i].Name)}' in namespaces that are partly those of '{YamlText.Comment(selectors[j].Name)}' at {selectors[j].Origin}",
                        "both hold where they meet, and here one rule decides",
                        "rules by hand, with a rule for the namespaces of both");
                    return false;
                }
            }
        }

        return true;
    }

    private static NamespaceSelector Selector(Demand demand) => new(demand.IncludedNamespaces, demand.ExcludedNamespaces);

    private void RefuseCrossing(Region[] regions)
    {
        for (var i = 1; i < regions.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (left, right) = (regions[j], regions[i]);
                if (!left.Demands.SequenceEqual(right.Demands) && ImagePattern.Overlap(left.Pattern, right.Pattern)
                    && !ImagePattern.Covers(left.Pattern, right.Pattern) && !ImagePattern.Covers(right.Pattern, left.Pattern))
                {
                    var origin = right.Demands.Concat(left.Demands).First();
                    context.Refuse(
                        origin.Origin,
                        $"the images '{right.Pattern}', of which some but not all are '{left.Pattern}'",
                        "different policies hold for the two and all of them where they meet, and here one rule decides",
                        "rules by hand, with a pattern of its own for the images of both");
                }
            }
        }
    }

    private NativeRule Rule(Region[] regions, Demand selector)
    {
        var asked = regions[0].Demands;
        var rule = new NativeRule(
            _names.Unique(asked.IsEmpty ? selector.Name + "-skipped" : string.Join("-and-", asked.Select(d => d.Name))),
            asked.IsEmpty ? selector.Origin : asked[0].Origin,
            asked.IsEmpty ? $"skipped by {selector.From}" : string.Join(" and ", asked.Select(d => d.From)))
        {
            Images = [.. regions.Select(r => r.Pattern.Text)],
            IncludedNamespaces = selector.IncludedNamespaces,
            ExcludedNamespaces = selector.ExcludedNamespaces,
            Action = Action(asked),
        };
        return asked.IsEmpty ? rule : rule with
        {
            Mode = Same(asked, d => d.Mode, "modes"),
            SignatureRepository = Same([.. asked.Where(d => d.Static is null)], d => d.SignatureRepository, "places of their signatures"),
            RequiresDigest = rule.Action is NativeAction.Require && asked.Any(d => d.RequiresDigest),
        };
    }

    private NativeAction Action(ImmutableArray<Demand> asked)
    {
        if (asked.Select(d => d.Static).OfType<NativeAction.Deny>().FirstOrDefault() is { } deny)
        {
            return deny;
        }

        var judged = asked.Where(d => d.Static is null).ToArray();
        if (judged.Length == 0)
        {
            return asked.IsEmpty ? new NativeAction.Allow(skippedReason) : asked[0].Static!;
        }

        ImmutableArray<NativeRequirement> requirements = [.. judged.Select(d => d.Requirement).OfType<NativeRequirement>()];
        if (requirements.IsEmpty)
        {
            context.Refuse(
                judged[0].Origin,
                "attestations without a signature",
                "here attestations are asked for beside a signature, and images that are attested but not signed would be refused",
                "a rule with 'require' and 'attestations' for images that are signed as well");
            return new NativeAction.Deny("refused");
        }

        return new NativeAction.Require(NativeRequirement.All(requirements)) { Attestations = [.. judged.SelectMany(d => d.Attestations)] };
    }

    private T? Same<T>(ImmutableArray<Demand> asked, Func<Demand, T> select, string what)
    {
        if (asked.IsEmpty)
        {
            return default;
        }

        var first = select(asked[0]);
        if (asked.FirstOrDefault(d => !EqualityComparer<T>.Default.Equals(select(d), first)) is { } other)
        {
            context.Refuse(
                other.Origin,
                $"'{YamlText.Comment(other.Name)}' and '{YamlText.Comment(asked[0].Name)}' for the same images with different {what}",
                "one rule decides here, and it has one",
                "one rule by hand, with what you want for these images");
        }

        return first;
    }

    /// <summary>The images of a pattern, and what is asked of them.</summary>
    private sealed record Region(ImagePattern Pattern, ImmutableArray<Demand> Demands);
}
