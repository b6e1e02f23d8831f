namespace NodeGate.Policy.Tests;

public sealed class TieTests
{
    [Theory]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", null, null, true)]
    [InlineData("nginx", "docker.io/library/nginx", null, null, true)]
    [InlineData("GHCR.io/org/app", "ghcr.io/org/app", null, null, true)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", "prod", null, false)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", "prod", "prod", true)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", "prod", "dev", false)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", "prod-*", "*-a", true)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", "prod-*", "dev-*", false)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", "*", "prod", true)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app", "*", "*", true)]
    [InlineData("ghcr.io/*/app", "ghcr.io/**", "*", null, true)]
    [InlineData("ghcr.io/*/app", "ghcr.io/**", null, null, true)]
    [InlineData("ghcr.io/*/app", "ghcr.io/**", "prod", null, true)]
    [InlineData("ghcr.io/*/app", "ghcr.io/**", "prod", "dev", false)]
    [InlineData("ghcr.io/*b", "ghcr.io/*c", null, null, false)]
    [InlineData("ghcr.io/*b", "ghcr.io/b*", null, null, false)]
    [InlineData("ghcr.io/*b", "ghcr.io/*bb", null, null, true)]
    [InlineData("**:v1", "**/app:v1", null, null, true)]
    [InlineData("**:v1", "**/app:v2", null, null, false)]
    [InlineData("**:v*", "**/app", null, null, true)]
    [InlineData("ghcr.io/org/app:v1*", "ghcr.io/org/app:v1*x", null, null, true)]
    [InlineData("ghcr.io/org/app:v1*a", "ghcr.io/org/app:v1*b", null, null, false)]
    public void Load_TwoRules_IsATieOnlyWhereBothCanDecide(string left, string right, string? leftNamespace, string? rightNamespace, bool isTie)
    {
        var result = Policies.Load(Policies.Head + $"rules:\n  - {Rule("left", left, leftNamespace)}\n  - {Rule("right", right, rightNamespace)}\n");

        Assert.Equal(!isTie, result.IsLoaded);
        if (isTie)
        {
            var error = Assert.Single(result.Errors);
            Assert.StartsWith("a tie: ", error.Found, StringComparison.Ordinal);
            Assert.Contains("'left' at a.yaml:5", error.Found, StringComparison.Ordinal);
            Assert.Equal("rules[1].images", error.Position.Path);
        }
    }

    [Fact]
    public void Load_SameDigestTwice_IsATie() =>
        Assert.Contains("a tie", Policies.ErrorOf(
            $"rules:\n  - {Rule("left", $"**@{Policies.A}", null)}\n  - {Rule("right", $"**/app@{Policies.A}", null)}\n").Found, StringComparison.Ordinal);

    [Fact]
    public void Load_DifferentDigests_IsNoTie() =>
        Policies.Of($"rules:\n  - {Rule("left", $"**@{Policies.A}", null)}\n  - {Rule("right", $"**@{Policies.B}", null)}\n");

    [Fact]
    public void Load_OverlapWithinOneRule_IsNoTie() =>
        Policies.Of("rules: [{name: r, images: [\"ghcr.io/*/app\", \"ghcr.io/**\"], allow: {reason: r}}]\n");

    [Fact]
    public void Load_IncludeThatIsWhollyExcludedElsewhere_IsNoTie() =>
        Policies.Of("""
            rules:
              - {name: a, images: ["**"], namespaces: {include: ["prod-*"]}, allow: {reason: r}}
              - {name: b, images: ["**"], namespaces: {exclude: ["prod-*"]}, deny: {reason: r}}
            """);

    [Fact]
    public void Load_TieBetweenFiles_NamesBoth()
    {
        var rule = Policies.Head + "rules: [{name: NAME, images: [nginx], allow: {reason: r}}]\n";

        var error = Assert.Single(Policies.Load(rule.Replace("NAME", "x", StringComparison.Ordinal), rule.Replace("NAME", "y", StringComparison.Ordinal)).Errors);

        Assert.Equal("b.yaml", error.Position.File);
        Assert.Contains("'x' at a.yaml:4", error.Found, StringComparison.Ordinal);
    }

    private static string Rule(string name, string pattern, string? @namespace) =>
        $"{{name: {name}, images: [\"{pattern}\"], {(@namespace is null ? "" : $"namespaces: {{include: [\"{@namespace}\"]}}, ")}allow: {{reason: r}}}}";
}
