using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Verification;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>
/// An expression, a line end, and a value. Oracles: the other engine of .NET agrees where it ends in time; an expression that matches no more than
/// a part of a value does not match; an exact value matches itself only.
/// </summary>
internal sealed class TextPatternTarget : IFuzzTarget
{
    private const int LongestPattern = 512;

    public string Name => "text-pattern";

    public IReadOnlyList<Type> Parsers => [typeof(TextPattern)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "https://github.com/org/.+\nhttps://github.com/org/app", "a|b\nab", "[a-z]{2,5}@example\\.com\njoe@example.com", "(?i)ABC\nabc", "a)|(?:b\na", "(a+)+$\naaaa",
        "^x$\nx\n", "\\Ax\\z\nx", "(?<n>a)\\k<n>\naa", "(?=a)a\na", "x{0,3}y?\nxxy", "[^\\n]*\nanything");

    public string Check(byte[] input)
    {
        var parts = Text.Latin(input).Split('\n', 2);
        var (expression, value) = (parts[0], parts.Length == 2 ? parts[1] : "");
        if (value.Length > 0)
        {
            FuzzFailure.Unless(TextPattern.Exactly(value).Matches(value) && !TextPattern.Exactly(value).Matches(value + "x"), "an exact value matches itself only");
        }

        if (expression.Length > LongestPattern)
        {
            return "long";
        }

        if (!TextPattern.TryParseRegex(expression, out var pattern, out var error))
        {
            return Outcome.Refused(error[(error.LastIndexOf('.', error.Length - 2) + 1)..]);
        }

        var matches = pattern.Matches(value);
        try
        {
            var other = new Regex(expression, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(20));
            FuzzFailure.Unless(!matches || other.IsMatch(value), "what matches as a whole the other engine finds as well");
            var whole = new Regex($@"\A(?:{expression})\z", RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(20));
            FuzzFailure.UnlessEqual(whole.IsMatch(value), matches, "two engines agree on a whole value");
        }
        catch (RegexMatchTimeoutException)
        {
            return "accepted, too slow for the other engine";
        }

        return $"accepted, {matches}, {string.Concat(expression.Where(c => !char.IsLetterOrDigit(c)).Distinct().Order())}";
    }
}
