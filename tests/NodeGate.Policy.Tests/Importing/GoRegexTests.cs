using NodeGate.Policy.Importing;
using NodeGate.Policy.Loading;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Go's expressions, found anywhere, mean what they meant when they must match the whole value.</summary>
public sealed class GoRegexTests
{
    private static readonly PolicyPosition Here = new("theirs.yaml", 7, 3, "subjectRegex");

    [Theory]
    [InlineData("^https://github.com/org/.+$", "https://github.com/org/app", true)]
    [InlineData("^https://github.com/org/.+$", "x https://github.com/org/app", false)]
    [InlineData("https://github.com/org", "https://evil.example/https://github.com/org", true)]
    [InlineData("^https://github\\.com/org", "https://github.com/organisation", true)]
    [InlineData("^https://github\\.com/org", "https://github-com/org", false)]
    [InlineData("org$", "https://github.com/org", true)]
    [InlineData("org$", "https://github.com/org/app", false)]
    [InlineData("one|two", "a two b", true)]
    [InlineData("(one|two)", "three", false)]
    [InlineData("^(?:one|two)@corp[.]example$", "two@corp.example", true)]
    [InlineData("^v\\d+$", "v12", true)]
    [InlineData("^v\\d+$", "v\u0661", false)]
    [InlineData("^[\\w-]+$", "a_b-9", true)]
    [InlineData("^[\\w-]+$", "é", false)]
    [InlineData("^[]a]+$", "]a", true)]
    [InlineData("^[^]a]$", "]", false)]
    [InlineData("cost: 5\\$", "cost: 5$ net", true)]
    public void Read_ExpressionOfBothSyntaxes_MatchesTheSame(string expression, string value, bool isMatch)
    {
        var context = new ImportContext(new Policies.KeyFiles());

        var text = GoRegex.Read(new Located(expression, Here), context);

        Assert.NotNull(text);
        Assert.True(TextPattern.TryParseRegex(text.Text, out var pattern, out var error), error);
        Assert.Equal(isMatch, pattern.Matches(value));
    }

    [Theory]
    [InlineData("(?i)org", "'(?'")]
    [InlineData("(?P<name>org)", "'(?'")]
    [InlineData("[[:alpha:]]+", "'[' within")]
    [InlineData("\\pL+", "a backslash")]
    [InlineData("\\s", "a backslash")]
    [InlineData("a\\", "a backslash")]
    [InlineData("^one|two$", "'^' or '$' belongs to one")]
    [InlineData("one^two", "'^' in its midst")]
    [InlineData("(^one)", "'^' in its midst")]
    [InlineData("one$|two", "'$' in its midst")]
    public void Read_ExpressionThatMayMeanSomethingElse_IsRefused(string expression, string why)
    {
        var context = new ImportContext(new Policies.KeyFiles());

        Assert.Null(GoRegex.Read(new Located(expression, Here), context));

        var error = Assert.Single(context.Errors.ToSorted());
        Assert.Equal(Here, error.Position);
        Assert.Contains($"cannot be kept exactly: {why}", error.Found, StringComparison.Ordinal);
    }
}
