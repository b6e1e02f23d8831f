using NodeGate.Registry.Auth;

namespace NodeGate.Registry.Tests.Auth;

public sealed class ChallengeParserTests
{
    [Fact]
    public void Parse_QuotedTokensAndSeveralChallenges_GivesAll()
    {
        var challenges = ChallengeParser.Parse(
            ["Bearer realm=\"https://auth.example/token\", service=reg , scope=\"repository:a:pull,push repository:b:pull\",Basic realm=\"a \\\"b\\\"\"", "Negotiate"]);

        Assert.Equal(["Bearer", "Basic", "Negotiate"], challenges.Select(challenge => challenge.Scheme));
        Assert.Equal("https://auth.example/token", challenges[0].Parameters["realm"]);
        Assert.Equal("reg", challenges[0].Parameters["service"]);
        Assert.Equal("repository:a:pull,push repository:b:pull", challenges[0].Parameters["scope"]);
        Assert.Equal("a \"b\"", challenges[1].Parameters["realm"]);
    }

    [Theory]
    [InlineData("Bearer realm=\"a\",realm=\"b\"")]
    [InlineData("Bearer realm=\"a\",Realm=\"b\"")]
    [InlineData("Bearer realm=\"open")]
    [InlineData("Bearer realm=")]
    [InlineData("Bearer realm=\"a\" service=\"b\"")]
    [InlineData("Bearer=x")]
    [InlineData("\"Bearer\"")]
    [InlineData("Bearer realm=\"a\u0001b\"")]
    public void Parse_NotAChallenge_IsRefused(string header) => Assert.Throws<FormatException>(() => ChallengeParser.Parse([header]));

    [Fact]
    public void Parse_BeyondTheLimits_IsRefused()
    {
        Assert.Throws<FormatException>(() => ChallengeParser.Parse([new string('a', RegistryLimits.MaxChallengeLength + 1)]));
        Assert.Throws<FormatException>(() => ChallengeParser.Parse(Enumerable.Repeat("Basic", RegistryLimits.MaxChallenges + 1)));
        Assert.Throws<FormatException>(
            () => ChallengeParser.Parse(["Bearer " + string.Join(',', Enumerable.Range(0, RegistryLimits.MaxChallengeParameters + 1).Select(i => $"p{i}=1"))]));
    }
}
