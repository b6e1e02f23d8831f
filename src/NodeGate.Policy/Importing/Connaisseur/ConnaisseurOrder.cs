using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
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
/// <c>docker.io/org/*</c> in <c>mirror.example/docker.io/org/app</c>. What cannot be given to the same rule is denied, or the import is refused.
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

    /// <summary>Checks <paramref name="rules"/>, and makes the rules that guard what NodeGate would otherwise judge by a laxer rule than Connaisseur.</summary>
    public static ImmutableArray<ConnaisseurGuard> Check(ImmutableArray<ConnaisseurRule> rules, ImportContext context)
    {
        var order = new ConnaisseurOrder(context, rules);
        order.RefuseTies();
        return [.. order.GuardDigests(), .. order.GuardStrays()];
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
    private ImmutableArray<ConnaisseurGuard> GuardDigests()
    {
        var guards = ImmutableArray.CreateBuilder<ConnaisseurGuard>();
        foreach (var tagged in _rules.Where(r => r.Pattern.Tag is not null).GroupBy(r => (r.Pattern.Prefix, r.Pattern.IsOpen)))
        {
            var (pattern, prefix) = (tagged.First().Pattern, tagged.Key.Prefix);
            var other = _rules.Where(r => r.Pattern.Tag is null && prefix.StartsWith(r.Pattern.Prefix, StringComparison.Ordinal)).MaxBy(r => r.Pattern.Prefix.Length);
            if (other is null || tagged.All(other.IsNoLaxerThan))
            {
                var becomes = other is null ? "those match no rule and are denied" : $"those are decided by the rule for {other.Pattern}";
                _context.Note(pattern.Position, $"{pattern} names tags, and matches no reference with a digest, not even 'tag@digest': {becomes}");
            }
            else if (_rules.Any(r => r.Pattern is { Tag: not null, IsOpen: true } && prefix.StartsWith(r.Pattern.Prefix, StringComparison.Ordinal)))
            {
                _context.Refuse(
                    pattern.Position,
                    $"the pattern {pattern} beside {other.Pattern}",
                    "NodeGate, as containerd, keeps only the digest of a reference with tag and digest, so that the latter rule would decide it",
                    "patterns with tags for whole names only, such as 'ghcr.io/org/app:v*'");
            }
            else
            {
                // Connaisseur judges 'tag@digest' as one of these rules says, and a digest alone as the other one: this does what satisfies all of them.
                var isClear = other.Action is NativeAction.Allow && tagged.DistinctBy(r => r.Meaning, StringComparer.Ordinal).Count() == 1;
                var why = $"of 'tag@digest' NodeGate sees the digest alone, which {pattern} and {other.Pattern} judge differently";
                _context.Note(pattern.Position, $"{why}; references with a digest are {(isClear ? $"judged as {pattern} says" : "denied")}");
                guards.Add(new ConnaisseurGuard($"{prefix}-by-digest", pattern, why, [prefix], isClear ? tagged.First().Action : new NativeAction.Deny(why)));
                if (!tagged.Any(r => r.Pattern.Tag is "*"))
                {
                    guards.Add(new ConnaisseurGuard($"{prefix}-other-tags", pattern, $"as for {other.Pattern}", [prefix + ":*"], other.Action));
                }
            }
        }

        return guards.DrainToImmutable();
    }

    /// <summary>Where a name may not go on, nothing can be inside it that has as many components; and a path has no ':'.</summary>
    private ImmutableArray<ConnaisseurGuard> GuardStrays()
    {
        var guards = ImmutableArray.CreateBuilder<ConnaisseurGuard>();
        foreach (var under in _rules.Where(r => r.Pattern.IsOpen))
        {
            ImmutableArray<ConnaisseurPattern> found =
            [
                .. _rules.Where(r => !r.Pattern.IsEverything && !under.IsNoLaxerThan(r)).Select(r => r.Pattern)
                    .Where(p => CanWinInside(p, under.Pattern) && (under.Pattern.IsEverything || !p.Prefix.Contains(':', StringComparison.Ordinal))),
            ];
            foreach (var pattern in found)
            {
                _context.Note(pattern.Position, $"images of {under.Pattern} with {pattern} inside their name are denied; write a rule for the ones that you have");
            }

            var why = $"Connaisseur finds another of its patterns inside this name, and not its rule for {under.Pattern} decides";
            guards.AddRange(ImagesInside([.. found.Select(p => p.Prefix).Distinct(StringComparer.Ordinal)], under.Pattern)
                .Select(images => new ConnaisseurGuard($"inside-{(under.Pattern.IsEverything ? "everything" : under.Pattern.Text)}", under.Pattern, why, images, new NativeAction.Deny(why))));
        }

        return guards.DrainToImmutable();
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
    /// The names that begin as <paramref name="under"/> says and have one of <paramref name="inner"/> further on: across the end of the prefix, right
    /// behind it, or behind each first character that may follow, because only a longer literal prefix decides before the rule of <paramref name="under"/>.
    /// In as many rules as it takes; what has one literal prefix is in one, or it would be a tie.
    /// </summary>
    private static IEnumerable<ImmutableArray<string>> ImagesInside(ImmutableArray<string> inner, ConnaisseurPattern under)
    {
        var prefix = under.Prefix;
        var next = under.IsEverything ? LettersAndDigits + "[" : prefix.EndsWith('/') ? LettersAndDigits : LettersAndDigits + "._-/";
        var across = Enumerable.Range(1, prefix.Length).Select(at => prefix[at..])
            .SelectMany(end => inner.Where(i => !under.IsEverything && i.StartsWith(end, StringComparison.Ordinal)).Select(i => $"{prefix}{i[end.Length..]}**"));
        var images = ImmutableArray.CreateBuilder<string>();
        foreach (var group in next.Select(c => inner.Select(i => $"{prefix}{c}**{i}**").ToArray()).Prepend([.. across]))
        {
            if (images.Count > 0 && images.Count + group.Length > PolicyLimits.MaxPatternsPerRule)
            {
                yield return images.DrainToImmutable();
            }

            images.AddRange(group);
        }

        if (images.Count > 0)
        {
            yield return images.DrainToImmutable();
        }
    }

    private static ImagePattern Parse(ConnaisseurPattern pattern) =>
        ImagePatternParser.TryParse(pattern.Image, out var native, out var expected) ? native : throw new InvalidOperationException(expected);
}
