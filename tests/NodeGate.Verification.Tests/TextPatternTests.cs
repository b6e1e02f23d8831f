namespace NodeGate.Verification.Tests;

/// <summary>Identities are compared whole and in linear time.</summary>
public sealed class TextPatternTests
{
    [Theory]
    [InlineData("https://github.com/org/.+", "https://github.com/org/app", true)]
    [InlineData("https://github.com/org/.+", "https://evil.test/https://github.com/org/app", false)]
    [InlineData("https://github.com/org/app", "https://github.com/org/app.evil", false)]
    [InlineData("a|b", "b", true)]
    [InlineData("a|b", "xb", false)]
    [InlineData("a", "a\n", false)]
    [InlineData("a$|b", "a\nb", false)]
    public void Matches_Regex_OnlyTheWhole(string expression, string value, bool expected)
    {
        Assert.True(TextPattern.TryParseRegex(expression, out var pattern, out var error), error);

        Assert.Equal(expected, pattern.Matches(value));
    }

    [Theory]
    [InlineData("A", "a", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("a.c", "a.c", true)]
    public void Matches_Value_Ordinally(string value, string found, bool expected) => Assert.Equal(expected, TextPattern.Exactly(value).Matches(found));

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData("a)|(?:b")]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)a")]
    public void TryParseRegex_NotAnExpressionInLinearTime_Refused(string expression) => Assert.False(TextPattern.TryParseRegex(expression, out _, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryParseRegex_Length(int beyond) =>
        Assert.Equal(beyond == 0, TextPattern.TryParseRegex(new string('a', VerificationLimits.MaxPatternCharacters + beyond), out _, out _));

    [Fact]
    public void Matches_ExpressionThatTakesExponentialTimeElsewhere_Answers()
    {
        Assert.True(TextPattern.TryParseRegex("(a+)+b", out var pattern, out var error), error);

        Assert.False(pattern.Matches(new string('a', 50_000)));
    }
}
