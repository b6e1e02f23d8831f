using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Policy.Conditions;

/// <summary>
/// Comparisons that must all hold: <c>&gt;=1.2.3 &lt;2</c>. A pre-release is in the range only where one of them names a pre-release of the
/// same version (as npm has it), so that <c>&lt;2</c> does not take 2.0.0-rc.1.
/// </summary>
internal sealed class SemanticRange
{
    private static readonly ImmutableArray<string> Operators = [">=", "<=", ">", "<", "="];

    private readonly ImmutableArray<(string Operator, SemanticVersion Version)> _comparisons;

    private SemanticRange(string text, ImmutableArray<(string Operator, SemanticVersion Version)> comparisons)
    {
        Text = text;
        _comparisons = comparisons;
    }

    /// <summary>The range as written.</summary>
    public string Text { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out SemanticRange? range)
    {
        range = null;
        var comparisons = ImmutableArray.CreateBuilder<(string Operator, SemanticVersion Version)>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var sign = Operators.FirstOrDefault(o => word.StartsWith(o, StringComparison.Ordinal)) ?? "";
            if (!SemanticVersion.TryParsePartial(word[sign.Length..], out var version))
            {
                return false;
            }

            comparisons.Add((sign, version));
        }

        range = comparisons.Count > 0 ? new SemanticRange(text, comparisons.ToImmutable()) : null;
        return range is not null;
    }

    public bool Contains(SemanticVersion version) =>
        _comparisons.All(c => Holds(c.Operator, version.CompareWith(c.Version)))
        && (version.Prerelease.IsEmpty || _comparisons.Any(c => !c.Version.Prerelease.IsEmpty && c.Version.IsSameRelease(version)));

    private static bool Holds(string sign, int order) => sign switch
    {
        ">=" => order >= 0,
        "<=" => order <= 0,
        ">" => order > 0,
        "<" => order < 0,
        _ => order == 0,
    };
}
