using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Policy.Patterns;

namespace NodeGate.Fuzz.Targets.Policy;

/// <summary>
/// A pattern, a line end, and a text. Oracles: the pattern as a regular expression matches the same texts; two patterns that match one text
/// overlap; an accepted image pattern is its own normal form.
/// </summary>
internal sealed class PatternTarget : IFuzzTarget
{
    private const int MostStars = 6;

    public string Name => "pattern";

    public IReadOnlyList<Type> Parsers => [typeof(ImagePatternParser), typeof(Glob), typeof(ImagePattern), typeof(ImageSelector)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "ghcr.io/org/**\nghcr.io/org/a/b", "**:latest\ndocker.io/library/nginx", "nginx\ndocker.io/library/nginx", "a*b**c*\nabxc/c", "*.example:5000/*/x-*:v1.*\nr.example:5000/a/x-y",
        "ghcr.io/a@sha256:0000000000000000000000000000000000000000000000000000000000000000\nghcr.io/a", "*\n", "**\n/");

    public string Check(byte[] input)
    {
        var parts = Text.Latin(input).Split('\n', 2);
        var text = parts.Length == 2 ? parts[1] : "";
        return $"{CheckGlob(parts[0], text)}, {CheckImage(parts[0], text)}";
    }

    private static string CheckGlob(string pattern, string text)
    {
        if (pattern.AsSpan().ContainsAnyExceptInRange(' ', '~') || pattern.Length > 256 || text.Length > 512 || pattern.Count(c => c == '*') > MostStars || pattern.Contains("***", StringComparison.Ordinal))
        {
            return "not a glob to try";
        }

        var glob = new Glob(pattern);
        var expression = @"\A" + Regex.Escape(pattern).Replace(@"\*\*", "(?s:.*)", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + @"\z";
        var expected = Regex.IsMatch(text, expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        FuzzFailure.UnlessEqual(expected, glob.IsMatch(text), "a glob matches what its regular expression matches");
        if (expected && !text.Contains('*', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            FuzzFailure.Unless(Glob.Overlap(glob, new Glob(text)) && Glob.Overlap(new Glob(text), glob), "two patterns that match one text overlap");
        }

        FuzzFailure.Unless(Glob.Overlap(glob, glob), "a pattern overlaps itself");
        return $"glob {expected}";
    }

    private static string CheckImage(string pattern, string text)
    {
        if (!ImagePatternParser.TryParse(pattern, out var image, out var expected))
        {
            return Outcome.Refused(expected);
        }

        FuzzFailure.Unless(
            ImagePatternParser.TryParse(image.Text, out var again, out _) && again.Text == image.Text && again.Rank == image.Rank, $"a pattern's text is read as that pattern ({image.Text})");
        var isReference = ImageReference.TryParse(text, out var reference, out _);
        FuzzFailure.Unless(
            ImageSelector.TryParse(pattern, out var selector, out _) && selector.Matches(text, null) == (isReference && image.Matches(reference!.PolicyName, reference, null)),
            "a selector chooses what its pattern matches");
        return $"{image.Rank}, {(isReference ? image.Matches(reference!.PolicyName, reference, null) : "no reference")}";
    }
}
