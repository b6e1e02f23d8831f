namespace NodeGate.Policy.Tests;

/// <summary>Every pair of ranks of the one precedence rule, in both orders of writing.</summary>
public sealed class PrecedenceTests
{
    private static readonly string[] MostExactFirst =
    [
        $"ghcr.io/org/app@{Policies.A}",
        $"ghcr.io/org/*@{Policies.A}",
        $"**@{Policies.A}",
        "ghcr.io/org/app:v1",
        "ghcr.io/org/*:v1",
        "ghcr.io/**:v1",
        "**:v1",
        "ghcr.io/org/app:v*",
        "ghcr.io/org/app:*",
        "ghcr.io/org/app",
        "ghcr.io/org/app*",
        "ghcr.io/org/ap*:v*",
        "ghcr.io/org/**",
        "ghcr.io/**",
        "ghcr*/**",
        "**",
    ];

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        for (var i = 0; i < MostExactFirst.Length; i++)
        {
            for (var j = i + 1; j < MostExactFirst.Length; j++)
            {
                pairs.Add(MostExactFirst[i], MostExactFirst[j]);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Match_TwoPatternsThatMatch_TheMoreExactDecides(string more, string less)
    {
        foreach (var (first, second) in new[] { (more, less), (less, more) })
        {
            var model = Policies.Of($"rules:\n  - {Allow(first, first == more ? "more" : "less")}\n  - {Allow(second, second == more ? "more" : "less")}\n");

            Assert.Equal("more", model.Match(Policies.Ref("ghcr.io/org/app:v1"), Policies.A, "prod", Policies.Now).Rule);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Match_LessExactRuleNamesNamespaces_TheMoreExactStillDecides(string more, string less)
    {
        var model = Policies.Of($"rules:\n  - {Allow(more, "more")}\n  - {Allow(less, "less", "prod")}\n");

        Assert.Equal("more", model.Match(Policies.Ref("ghcr.io/org/app:v1"), Policies.A, "prod", Policies.Now).Rule);
    }

    [Fact]
    public void Match_EqualPatterns_TheRuleThatNamesNamespacesDecidesThere()
    {
        var model = Policies.Of($"rules:\n  - {Allow("ghcr.io/org/**", "all")}\n  - {Allow("ghcr.io/org/**", "prod", "prod-*")}\n");
        var image = Policies.Ref("ghcr.io/org/app");

        Assert.Equal("prod", model.Match(image, null, "prod-a", Policies.Now).Rule);
        Assert.Equal("all", model.Match(image, null, "dev", Policies.Now).Rule);
        Assert.Equal("all", model.Match(image, null, null, Policies.Now).Rule);
    }

    [Fact]
    public void Match_OneRuleWithSeveralPatterns_CountsByItsMostExactOne()
    {
        var model = Policies.Of("""
            rules:
              - {name: mixed, images: ["**", "ghcr.io/org/app"], deny: {reason: r}}
              - {name: org, images: ["ghcr.io/org/**"], allow: {reason: r}}
            """);

        Assert.Equal("mixed", model.Match(Policies.Ref("ghcr.io/org/app"), null, null, Policies.Now).Rule);
        Assert.Equal("ghcr.io/org/app", model.Match(Policies.Ref("ghcr.io/org/app"), null, null, Policies.Now).Pattern);
        Assert.Equal("org", model.Match(Policies.Ref("ghcr.io/org/other"), null, null, Policies.Now).Rule);
        Assert.Equal("mixed", model.Match(Policies.Ref("quay.io/x/y"), null, null, Policies.Now).Rule);
    }

    [Fact]
    public void Match_DeniedDigestUnderAnyTag_IsDeniedOnceResolved()
    {
        var model = Policies.Of($$$"""
            rules:
              - {name: org, images: ["ghcr.io/org/**"], allow: {reason: r}}
              - {name: bad, images: ["**@{{{Policies.A}}}"], deny: {reason: compromised}}
            """);
        var image = Policies.Ref("ghcr.io/org/app:v1");

        Assert.True(model.Match(image, null, null, Policies.Now).NeedsDigest);
        Assert.Equal("bad", model.Match(image, Policies.A, null, Policies.Now).Rule);
        Assert.Equal("org", model.Match(image, Policies.B, null, Policies.Now).Rule);
        Assert.Equal("bad", model.Match(Policies.Ref($"ghcr.io/org/app@{Policies.A}"), null, null, Policies.Now).Rule);
        Assert.False(model.Match(Policies.Ref($"ghcr.io/org/app@{Policies.B}"), null, null, Policies.Now).NeedsDigest);
    }

    [Fact]
    public void Match_DigestRuleOfAnotherRepositoryOrNamespace_NeedsNoDigest()
    {
        var model = Policies.Of($$$"""
            rules:
              - {name: org, images: ["ghcr.io/org/**"], allow: {reason: r}}
              - {name: other, images: ["quay.io/x/y@{{{Policies.A}}}"], deny: {reason: r}}
              - {name: prod, images: ["ghcr.io/org/app@{{{Policies.A}}}"], namespaces: {include: [prod]}, deny: {reason: r}}
            """);

        Assert.False(model.Match(Policies.Ref("ghcr.io/org/app"), null, "dev", Policies.Now).NeedsDigest);
        Assert.True(model.Match(Policies.Ref("ghcr.io/org/app"), null, "prod", Policies.Now).NeedsDigest);
    }

    [Theory]
    [InlineData("prod-a", true)]
    [InlineData("prod-sandbox", false)]
    [InlineData("dev", false)]
    [InlineData("xprod-a", false)]
    [InlineData(null, false)]
    public void Match_IncludeAndExclude_HoldWhereIncludedAndNotExcluded(string? @namespace, bool expected)
    {
        var model = Policies.Of("rules: [{name: r, images: [\"**\"], namespaces: {include: [\"prod-*\"], exclude: [prod-sandbox]}, allow: {reason: r}}]\n");

        Assert.Equal(expected, model.Match(Policies.Ref("nginx"), null, @namespace, Policies.Now).Rule is not null);
    }

    [Fact]
    public void Match_ExcludeAlone_HoldsEverywhereElse()
    {
        var model = Policies.Of("rules: [{name: r, images: [\"**\"], namespaces: {exclude: [kube-system]}, deny: {reason: r}}]\n");

        Assert.Equal("r", model.Match(Policies.Ref("nginx"), null, "dev", Policies.Now).Rule);
        Assert.Null(model.Match(Policies.Ref("nginx"), null, "kube-system", Policies.Now).Rule);
        Assert.Null(model.Match(Policies.Ref("nginx"), null, null, Policies.Now).Rule);
    }

    [Fact]
    public void MatchAnyNamespace_NamespacedRules_GivesThoseThatCouldDecideAndTheOneBehindThem()
    {
        var model = Policies.Of("""
            rules:
              - {name: prod, images: ["ghcr.io/org/app:v1"], namespaces: {include: ["prod-*"]}, deny: {reason: r}}
              - {name: prod-a, images: ["ghcr.io/org/app"], namespaces: {include: [prod-a]}, allow: {reason: r}}
              - {name: all, images: ["ghcr.io/org/**"], allow: {reason: r}}
              - {name: dev, images: ["**"], namespaces: {include: [dev]}, deny: {reason: r}}
            """);

        // prod-a can never decide for :v1, because prod comes first in every namespace that it names; dev comes behind all.
        Assert.Equal(["prod", "all"], model.MatchAnyNamespace(Policies.Ref("ghcr.io/org/app:v1"), null, Policies.Now).Select(m => m.Rule!));
        Assert.Equal(["prod-a", "all"], model.MatchAnyNamespace(Policies.Ref("ghcr.io/org/app:v2"), null, Policies.Now).Select(m => m.Rule!));
        Assert.Equal(["dev", null], model.MatchAnyNamespace(Policies.Ref("quay.io/x/y"), null, Policies.Now).Select(m => m.Rule));
    }

    private static string Allow(string pattern, string name, string? @namespace = null) =>
        $"{{name: {name}, images: [\"{pattern}\"], {(@namespace is null ? "" : $"namespaces: {{include: [\"{@namespace}\"]}}, ")}allow: {{reason: r}}}}";
}
