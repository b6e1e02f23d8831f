namespace NodeGate.Policy.Patterns;

/// <summary>A rule that matches an image, and the most exact of its patterns that does.</summary>
internal sealed record PatternMatch(PolicyRule Rule, ImagePattern Pattern)
{
    /// <summary>What decides comes first.</summary>
    public static IComparer<PatternMatch> Precedence { get; } = Comparer<PatternMatch>.Create(static (a, b) => a.CompareWith(b));

    /// <summary>Below zero when this decides before <paramref name="other"/>.</summary>
    public int CompareWith(PatternMatch other)
    {
        var order = other.Pattern.Rank.CompareTo(Pattern.Rank);
        if (order == 0)
        {
            order = other.Pattern.LiteralPrefix.Length.CompareTo(Pattern.LiteralPrefix.Length);
        }

        if (order == 0)
        {
            order = other.Rule.NamesNamespaces.CompareTo(Rule.NamesNamespaces);
        }

        // What is left are patterns of one rule, or rules that never meet in a namespace: the loader refuses every tie. The name keeps
        // the order the same from run to run.
        return order != 0 ? order : string.CompareOrdinal(Rule.Name + " " + Pattern.Text, other.Rule.Name + " " + other.Pattern.Text);
    }
}
