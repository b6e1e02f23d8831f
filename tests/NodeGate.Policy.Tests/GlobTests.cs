using FsCheck;
using FsCheck.Fluent;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Tests;

/// <summary>The automaton against a definition that is too simple to be wrong, and too slow to be used.</summary>
public sealed class GlobTests
{
    private static readonly Gen<string> Texts = Gen.Elements('a', 'b', '/').ListOf().Select(c => string.Concat(c.Take(8)));

    private static readonly Gen<string> Patterns = Gen.Elements("a", "b", "/", "*", "**").ListOf()
        .Select(p => string.Concat(p.Take(7)).Replace("***", "**", StringComparison.Ordinal));

    [Fact]
    public void IsMatch_AnyPatternAndText_AgreesWithTheDefinition() =>
        Prop.ForAll(Patterns.ToArbitrary(), Texts.ToArbitrary(), (pattern, text) => new Glob(pattern).IsMatch(text) == Matches(pattern, text))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Overlap_AnyTwoPatterns_AgreesWithAllShortTexts()
    {
        var texts = AllTexts(6).ToArray();
        Prop.ForAll(Patterns.Select(p => p[..Math.Min(4, p.Length)]).ToArbitrary(), Patterns.Select(p => p[..Math.Min(4, p.Length)]).ToArbitrary(), (left, right) =>
        {
            // Patterns of at most four tokens that share a text share one of at most six characters.
            var (a, b) = (new Glob(left), new Glob(right));
            return Glob.Overlap(a, b) == texts.Any(t => a.IsMatch(t) && b.IsMatch(t));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Theory]
    [InlineData("a/*b", "a/*c", false)]
    [InlineData("a/*b", "a/b*", true)]
    [InlineData("a/*", "a/*/c", false)]
    [InlineData("a/**", "a/*/c", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("**", "", true)]
    [InlineData("v1*", "v2*", false)]
    public void Overlap_Example_IsAsExpected(string left, string right, bool expected)
    {
        Assert.Equal(expected, Glob.Overlap(new Glob(left), new Glob(right)));
        Assert.Equal(expected, Glob.Overlap(new Glob(right), new Glob(left)));
    }

    [Fact]
    public void IsMatch_PatternThatMakesBacktrackersExplode_IsQuick()
    {
        var glob = new Glob(string.Concat(Enumerable.Repeat("**a*a", 100)) + "b");

        Assert.False(glob.IsMatch(new string('a', 1000)));
    }

    private static bool Matches(string pattern, string text)
    {
        if (pattern.Length == 0)
        {
            return text.Length == 0;
        }

        if (pattern.StartsWith("**", StringComparison.Ordinal))
        {
            return Enumerable.Range(0, text.Length + 1).Any(i => Matches(pattern[2..], text[i..]));
        }

        if (pattern[0] == '*')
        {
            var component = text.IndexOf('/', StringComparison.Ordinal);
            return Enumerable.Range(0, (component < 0 ? text.Length : component) + 1).Any(i => Matches(pattern[1..], text[i..]));
        }

        return text.Length > 0 && text[0] == pattern[0] && Matches(pattern[1..], text[1..]);
    }

    private static IEnumerable<string> AllTexts(int length) => length == 0
        ? [""]
        : AllTexts(length - 1).SelectMany(t => t.Length == length - 1 ? new[] { t, t + "a", t + "b", t + "/" } : [t]);
}
