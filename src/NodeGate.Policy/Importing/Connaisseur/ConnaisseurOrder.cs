using System.Collections.Immutable;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>
/// Makes sure that NodeGate's precedence gives every image to the rule that Connaisseur gives it to.
/// </summary>
/// <remarks>
/// Connaisseur prefers the pattern with more components, then, component by component, the one that shares more characters with the image,
/// then the longer one. For patterns that are written out from the registry on and are open only at their end that is NodeGate's
/// longest literal prefix. It differs where (1) two patterns have one prefix, (2) a tag pattern meets a reference with tag and digest, of which
/// NodeGate, as containerd, keeps only the digest, and (3) Connaisseur finds a pattern inside a name, as all its patterns begin with a silent '*':
/// <c>docker.io/org/*</c> in <c>mirror.example/docker.io/org/app</c>. What cannot be given to the same rule is refused here, or denied.
/// </remarks>
internal sealed class ConnaisseurOrder
{
    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

    private readonly ImportContext _context;
    private readonly ImmutableArray<ConnaisseurRule> _rules;

    private ConnaisseurOrder(ImportContext context, ImmutableArray<ConnaisseurRule> rules)
    {
        _context = context;
        _rules = rules;
    }

    /// <summary>The rules that can ever decide.</summary>
    public static ImmutableArray<ConnaisseurRule> Decisive(ImmutableArray<ConnaisseurRule> rules, ImportContext context)
    {
        var decisive = ImmutableArray.CreateBuilder<ConnaisseurRule>();
        foreach (var same in rules.GroupBy(r => r.Pattern.Image, StringComparer.Ordinal))
        {
            // Of two equally specific patterns Connaisseur takes the later one.
            var last = same.Reverse().MaxBy(r => r.Pattern.Text.Length)!;
            decisive.Add(last);
            foreach (var dead in same.Where(r => !ReferenceEquals(r, last)))
            {
                context.Note(dead.Pattern.Position, $"the rule for {dead.Pattern} never decides, as {last.Pattern} matches the same images and comes first; it was left out");
            }
        }

        return decisive.DrainToImmutable();
    }

    /// <summary>Checks <paramref name="rules"/>, and makes the rules that deny what NodeGate would otherwise judge by a laxer rule than Connaisseur.</summary>
    public static ImmutableArray<(ConnaisseurRule Under, ConnaisseurRule Found, ImmutableArray<string> Images)> Check(
        ImmutableArray<ConnaisseurRule> rules, ImportContext context)
    {
        var order = new ConnaisseurOrder(context, rules);
        order.RefuseTies();
        order.CheckDigests();
        return order.FindStrays();
    }

    private void RefuseTies()
    {
        var patterns = _rules.Select(r => (Rule: r, Native: Parse(r.Pattern))).ToArray();
        foreach (var group in patterns.GroupBy(p => (p.Native.Rank, p.Native.LiteralPrefix)))
        {
            var first = group.First();
            foreach (var other in group.Skip(1).Where(p => ImagePattern.Overlap(p.Native, first.Native)))
            {
                _context.Refuse(
                    other.Rule.Pattern.Position,
                    $"the pattern {other.Rule.Pattern} beside {first.Rule.Pattern}",
                    "both can match one image, and NodeGate, which prefers the longer part before the first wildcard, could not tell which rule decides",
                    "one of them, or patterns that differ before their first '*'");
            }
        }
    }

    /// <summary>What Connaisseur judges by its tag and NodeGate by its digest alone must not meet a laxer rule.</summary>
    private void CheckDigests()
    {
        foreach (var rule in _rules.Where(r => r.Pattern.Tag is not null))
        {
            var other = _rules
                .Where(r => r.Pattern.Tag is null && rule.Pattern.Prefix.StartsWith(r.Pattern.Prefix, StringComparison.Ordinal))
                .MaxBy(r => r.Pattern.Prefix.Length);
            if (other is not null && !other.IsNoLaxerThan(rule))
            {
                _context.Refuse(
                    rule.Pattern.Position,
                    $"the pattern {rule.Pattern} beside {other.Pattern}",
                    "NodeGate, as containerd, keeps only the digest of a reference with tag and digest, so that the latter rule would decide it",
                    $"'{rule.Pattern.Prefix}' without a tag, whose rule decides every reference");
            }
            else
            {
                _context.Note(
                    rule.Pattern.Position,
                    $"{rule.Pattern} names tags, and matches no reference with a digest, not even 'tag@digest': "
                        + (other is null ? "those match no rule and are denied" : $"those are decided by the rule for {other.Pattern}"));
            }
        }
    }

    private ImmutableArray<(ConnaisseurRule, ConnaisseurRule, ImmutableArray<string>)> FindStrays()
    {
        var strays = ImmutableArray.CreateBuilder<(ConnaisseurRule, ConnaisseurRule, ImmutableArray<string>)>();
        foreach (var under in _rules)
        {
            // Where a name may not go on, nothing can be inside it that has as many components; and a path has no ':'.
            strays.AddRange(_rules
                .Where(r => under.Pattern.IsOpen && !r.Pattern.IsEverything && !under.IsNoLaxerThan(r) && CanWinInside(r.Pattern, under.Pattern))
                .Where(r => under.Pattern.IsEverything || !r.Pattern.Prefix.Contains(':', StringComparison.Ordinal))
                .Select(found => (under, found, ImagesInside(found.Pattern.Prefix, under.Pattern))));
        }

        return strays.DrainToImmutable();
    }

    /// <summary>Whether Connaisseur prefers <paramref name="found"/>, inside a name that begins as <paramref name="under"/> says, to the latter.</summary>
    private static bool CanWinInside(ConnaisseurPattern found, ConnaisseurPattern under)
    {
        var (theirs, ours) = (found.Components, under.Components);
        if (theirs.Length != ours.Length)
        {
            return theirs.Length > ours.Length;
        }

        // A component that is written out shares all its characters with the image, unless it is 'docker.io', which Connaisseur calls 'index.docker.io'.
        for (var i = 0; i < ours.Length - 1; i++)
        {
            var isHub = i == 0 && under.IsDockerHub;
            if (isHub ? theirs[0].StartsWith('i') : !theirs[i].StartsWith(ours[i], StringComparison.Ordinal))
            {
                return isHub;
            }
        }

        return true;
    }

    /// <summary>
    /// The names that begin as <paramref name="under"/> says and have <paramref name="inner"/> further on: across the end of the prefix, right
    /// behind it, or behind each first character that may follow, because only a longer literal prefix decides before the rule of <paramref name="under"/>.
    /// </summary>
    private static ImmutableArray<string> ImagesInside(string inner, ConnaisseurPattern under)
    {
        var prefix = under.Prefix;
        var next = under.IsEverything ? LettersAndDigits + "[" : prefix.EndsWith('/') ? LettersAndDigits : LettersAndDigits + "._-/";
        var across = Enumerable.Range(1, Math.Max(prefix.Length - 1, 0)).Select(at => prefix[at..]).Where(end => inner.StartsWith(end, StringComparison.Ordinal));
        return
        [
            .. across.Select(end => prefix + inner[end.Length..] + "**"),
            .. under.IsEverything ? [] : new[] { $"{prefix}{inner}**" },
            .. next.Select(c => $"{prefix}{c}**{inner}**"),
        ];
    }

    private static ImagePattern Parse(ConnaisseurPattern pattern) =>
        ImagePatternParser.TryParse(pattern.Image, out var native, out var expected) ? native : throw new InvalidOperationException(expected);
}
