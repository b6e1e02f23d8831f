namespace NodeGate.Policy.Tests;

public sealed class LintAndExplainTests
{
    [Theory]
    [InlineData("unmatched: allow\nrules: [{name: r, images: [nginx], deny: {reason: r}}]\n", PolicyWarningCode.UnmatchedAllow, "admits every image that no rule matches")]
    [InlineData("mode: enforce\n", PolicyWarningCode.NoRules, "every image is denied")]
    [InlineData("rules: [{name: r, images: [nginx], mode: audit, deny: {reason: r}}]\n", PolicyWarningCode.AuditOnly, "Rule 'r' is in audit mode")]
    [InlineData("rules: [{name: r, images: [nginx], allow: {reason: r}}]\n", PolicyWarningCode.AllowWithoutDigest, "pin it with '@sha256:…'")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: {include: [a], exclude: [\"*\"]}, deny: {reason: r}}]\n", PolicyWarningCode.NeverDecides, "takes away every namespace")]
    [InlineData("rules: [{name: r, images: [nginx], deny: {reason: r}}, {name: s, images: [nginx], namespaces: {include: [\"*\"]}, deny: {reason: r}}]\n", PolicyWarningCode.NeverDecides, "Rule 'r' decides only where no namespace is known")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: {include: [\"a*\"], exclude: [b]}, deny: {reason: r}}]\n", PolicyWarningCode.NamespaceWithoutEffect, "exclude 'b'")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub}]}}]\nrules: [{name: r, images: [nginx], deny: {reason: r}}]\n", PolicyWarningCode.UnusedAuthority, "No rule requires authority 'a'")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub}]}}, {name: b, cosign: {keys: [{file: one-again.pub}]}}]\nrules: [{name: r, images: [nginx], require: {anyOf: [a, b]}}]\n", PolicyWarningCode.SharedKey, "'atLeast' counts it once")]
    [InlineData("authorities: [{name: a, keyless: {trustRoot: public-good, identities: [{issuer: i, subjectRegex: \".*\"}]}}]\nrules: [{name: r, images: [nginx], require: a}]\n", PolicyWarningCode.OpenIdentity, "takes /.*/")]
    [InlineData("authorities: [{name: a, keyless: {trustRoot: public-good, identities: [{issuerRegex: \"https://.+\", subject: s}]}}]\nrules: [{name: r, images: [nginx], require: a}]\n", PolicyWarningCode.OpenIdentity, "takes /https://.+/")]
    [InlineData("rules: [{name: r, images: [\"ghcr.io/org/.*\"], deny: {reason: r}}]\n", PolicyWarningCode.LooksLikeRegex, "no regular expressions")]
    [InlineData("rules: [{name: r, images: [ghcr.io], deny: {reason: r}}]\n", PolicyWarningCode.LooksLikeRegistry, "write 'ghcr.io/**'")]
    [InlineData("rules: [{name: r, images: [\"localhost:5000\"], deny: {reason: r}}]\n", PolicyWarningCode.LooksLikeRegistry, "write 'localhost/**'")]
    [InlineData("rules: [{name: r, images: [\"*/nginx\"], deny: {reason: r}}]\n", PolicyWarningCode.AmbiguousWildcard, "write 'docker.io/*/nginx'")]
    [InlineData("rules: [{name: r, images: [\"nginx:*\"], deny: {reason: r}}]\n", PolicyWarningCode.EveryTag, "leave ':*' out")]
    public void Lint_Doubtful_IsWarnedOfOnce(string body, PolicyWarningCode code, string message)
    {
        var warning = Assert.Single(PolicyLinter.Lint(Policies.Of(body)));

        Assert.Equal(code, warning.Code);
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lint_GoodPolicy_HasNoWarning() => Assert.Empty(PolicyLinter.Lint(Policies.Of(Policies.Authorities.Replace("{file: one.pub}, {file: two.pub}", "{pem: " + Flow() + "}", StringComparison.Ordinal) + $$$"""
        rules:
          - {name: org, images: ["ghcr.io/org/**"], namespaces: {include: ["prod-*"], exclude: ["prod-sandbox"]}, require: {anyOf: [one, two, three, team]}}
          - {name: rest, images: ["ghcr.io/org/**"], require: {allOf: [one, two]}}
          - {name: pause, images: ["registry.k8s.io/pause@{{{Policies.A}}}"], allow: {reason: pinned}}
          - {name: latest, images: ["**:latest"], deny: {reason: floating}}
        """)));

    [Fact]
    public void Explain_EachStanding_IsTold()
    {
        var model = Policies.Of($$$"""
            rules:
              - {name: all, images: ["**"], deny: {reason: r}}
              - {name: org, images: ["ghcr.io/org/**"], deny: {reason: r}}
              - {name: org-prod, images: ["ghcr.io/org/**"], namespaces: {include: [prod]}, deny: {reason: r}}
              - {name: app, images: ["ghcr.io/org/app"], namespaces: {include: [dev]}, deny: {reason: r}}
              - {name: tag, images: ["ghcr.io/org/app:v2"], deny: {reason: r}}
              - {name: digest, images: ["ghcr.io/org/app@{{{Policies.A}}}"], deny: {reason: r}}
              - {name: other, images: ["quay.io/**"], deny: {reason: r}}
            """);

        var explanation = PolicyExplainer.Explain(model, Policies.Ref("ghcr.io/org/app:v1"), null, "prod", Policies.Now);

        Assert.Equal("org-prod", explanation.Match.Rule);
        Assert.Equal(
            [
                "org-prod Decides: 'ghcr.io/org/**' matches: a pattern with wildcards.",
                "app OtherNamespace: It does not hold in namespace 'prod'.",
                "org LessExact: 'ghcr.io/org/**' is the pattern of rule 'org-prod' as well, which names this namespace and so comes first.",
                "all LessExact: '**' has 0 characters before its first wildcard, 'ghcr.io/org/**' has 12: the longer one comes first.",
                $"digest NoPattern: 'ghcr.io/org/app@{Policies.A}' names a digest, and the digest of ghcr.io/org/app:v1 is not known here; give it with --digest.",
                "other NoPattern: None of its patterns matches ghcr.io/org/app.",
                "tag NoPattern: 'ghcr.io/org/app:v2' names another tag than 'v1'.",
            ],
            explanation.Rules.Select(r => $"{r.Rule} {r.Standing}: {r.Because}"));
    }

    [Fact]
    public void Explain_ExactRepositoryBeforePattern_SaysTheRanks()
    {
        var model = Policies.Of("rules: [{name: a, images: [nginx], deny: {reason: r}}, {name: b, images: [\"docker.io/library/nginx*\"], deny: {reason: r}}]\n");

        var rules = PolicyExplainer.Explain(model, Policies.Ref("nginx"), null, null, Policies.Now).Rules;

        Assert.Equal(RuleStanding.Decides, rules[0].Standing);
        Assert.Equal("'docker.io/library/nginx*' is a pattern with wildcards; 'docker.io/library/nginx' is an exact repository, which comes first.", rules[1].Because);
    }

    [Fact]
    public void Explain_NothingMatches_NamesNoRule()
    {
        var explanation = PolicyExplainer.Explain(Policies.Of("mode: enforce\n"), Policies.Ref("nginx"), null, null, Policies.Now);

        Assert.Null(explanation.Match.Rule);
        Assert.Empty(explanation.Rules);
    }

    /// <summary>A key that no other authority has, as one YAML text.</summary>
    private static string Flow() => "\"" + Testing.Signing.SigningKey.Create().PublicPem.Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
}
