using NodeGate.Policy.Tests.Decisions;

namespace NodeGate.Policy.Tests;

public sealed class LintAndExplainTests
{
    private const string Required = "authorities: [{name: a, cosign: {keys: [{file: one.pub}]}}]\nrules: [{name: r, images: [nginx], require: a}]\n";

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
    [InlineData(Required + "exceptions: [{name: e, images: [\"nginx@A\"], expires: 2026-12-05T12:00:00Z, owner: o, ticket: T}]\n", PolicyWarningCode.ExceptionEndsSoon, "The exception 'e' of o, T ends at 2026-12-05T12:00:00Z, within 14 days")]
    [InlineData(Required + "exceptions: [{name: e, images: [\"nginx@A\"], expires: 2026-11-21T12:00:00Z, owner: o}]\n", PolicyWarningCode.ExceptionEnded, "The exception 'e' of o ended at 2026-11-21T12:00:00Z; remove it.")]
    [InlineData(Required + "exceptions: [{name: e, images: [\"**@A\"], namespaces: {include: [a], exclude: [a]}, expires: 2027-01-01T00:00:00Z, owner: o}]\n", PolicyWarningCode.NeverDecides, "The exception 'e' can never decide")]
    [InlineData("rules: [{name: r, images: [\"nginx@A\"], allow: {reason: r}}]\nexceptions: [{name: e, images: [\"nginx@A\"], expires: 2027-01-01T00:00:00Z, owner: o}]\n", PolicyWarningCode.ExceptionWithoutEffect, "allowed by the rules anyway")]
    public void Lint_Doubtful_IsWarnedOfOnce(string body, PolicyWarningCode code, string message)
    {
        var warning = Assert.Single(PolicyLinter.Lint(Policies.Of(Question.Expand(body)), Policies.Now));

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
        exceptions:
          - {name: legacy, images: ["ghcr.io/org/legacy@{{{Policies.A}}}"], expires: 2027-01-01T00:00:00Z, owner: team-a}
        """), Policies.Now));

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

    [Theory]
    [InlineData("rules: [{name: r, images: [\"nginx@A\"], namespaces: {include: [a]}, allow: {reason: r}}]\n")]
    [InlineData("rules: [{name: r, images: [\"nginx@A\"], allow: {reason: r}}, {name: s, images: [\"**:latest\"], deny: {reason: r}}]\n")]
    [InlineData("rules: [{name: r, images: [\"nginx@A\"], requireDigest: true, allow: {reason: r}}]\n")]
    [InlineData("rules: [{name: r, images: [\"nginx@B\"], allow: {reason: r}}]\n")]
    public void Lint_ExceptionThatSomeRuleNeeds_IsNotWarnedOf(string rules) => Assert.Empty(PolicyLinter.Lint(
        Policies.Of(Question.Expand(rules + "exceptions: [{name: e, images: [\"nginx@A\"], expires: 2027-01-01T00:00:00Z, owner: o}]\n")), Policies.Now));

    [Fact]
    public void Explain_Exceptions_AreToldBeforeTheRules()
    {
        var model = Policies.Of(Question.Expand("""
            rules:
              - {name: org, images: ["ghcr.io/org/**"], mode: audit, deny: {reason: r}}
            exceptions:
              - {name: long, images: ["ghcr.io/org/app@A"], expires: 2026-12-31T00:00:00Z, owner: team-a}
              - {name: short, images: ["ghcr.io/**@A"], expires: 2026-12-01T00:00:00Z, owner: team-b}
              - {name: past, images: ["ghcr.io/**@A"], expires: 2026-01-01T00:00:00Z, owner: team-c}
              - {name: dev, images: ["ghcr.io/**@A"], namespaces: {include: [dev]}, expires: 2026-12-31T00:00:00Z, owner: o}
              - {name: other, images: ["ghcr.io/**@B"], expires: 2026-12-31T00:00:00Z, owner: o}
              - {name: quay, images: ["quay.io/**@A"], expires: 2026-12-31T00:00:00Z, owner: o}

            """));

        var explanation = PolicyExplainer.Explain(model, Policies.Ref("ghcr.io/org/app:v1"), Policies.A, "prod", Policies.Now);
        var unknown = PolicyExplainer.Explain(model, Policies.Ref("ghcr.io/org/app:v1"), null, "prod", Policies.Now);

        Assert.Equal("long", explanation.Match.Rule);
        Assert.Equal(
            [
                $"long Decides: 'ghcr.io/org/app@{Policies.A}' covers it until 2026-12-31T00:00:00Z; its owner is team-a.",
                "dev OtherNamespace: It does not hold in namespace 'prod'.",
                "past Ended: It ended at 2026-01-01T00:00:00Z; ask its owner, team-c.",
                "short EndsSooner: It ends at 2026-12-01T00:00:00Z, and exception 'long' does not end before it.",
                $"other NoPattern: 'ghcr.io/**@{Policies.B}' names another digest.",
                "quay NoPattern: None of its patterns matches ghcr.io/org/app.",
            ],
            explanation.Exceptions.Select(r => $"{r.Rule} {r.Standing}: {r.Because}"));
        var rule = Assert.Single(explanation.Rules);
        Assert.Equal((RuleStanding.SetAside, PolicyMode.Audit, "rules[0]"), (rule.Standing, rule.Mode, rule.Position.Path));
        Assert.Equal("'ghcr.io/org/**' matches: a pattern with wildcards; exception 'long' comes first until 2026-12-31T00:00:00Z.", rule.Because);
        Assert.Equal(RuleStanding.Decides, unknown.Rules[0].Standing);
        Assert.Contains("the digest of ghcr.io/org/app:v1 is not known here", unknown.Exceptions[0].Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_ExceptionForWhatIsAllowed_IsNotNeeded()
    {
        var model = Policies.Of(Question.Expand("unmatched: allow\nexceptions: [{name: e, images: [\"nginx@A\"], expires: 2026-12-31T00:00:00Z, owner: o}]\n"));

        var explanation = PolicyExplainer.Explain(model, Policies.Ref("nginx"), Policies.A, null, Policies.Now);

        Assert.Null(explanation.Match.Rule);
        Assert.Equal(RuleStanding.NotNeeded, Assert.Single(explanation.Exceptions).Standing);
    }

    [Fact]
    public void ExemptionWatch_Exceptions_ComeByTheirEndWithWhatIsLeft()
    {
        var model = Policies.Of(Question.Expand("""
            exceptions:
              - {name: a, images: ["nginx@A"], expires: 2026-12-05T12:00:01Z, owner: o}
              - {name: b, images: ["nginx@A"], expires: 2026-12-05T12:00:00Z, owner: o}
              - {name: c, images: ["nginx@A"], expires: 2026-11-21T12:00:00Z, owner: o}

            """));

        var watched = ExemptionWatch.Of(model, Policies.Now);

        Assert.Equal(
            [("c", TimeSpan.Zero, true, false), ("b", TimeSpan.FromDays(14), false, true), ("a", TimeSpan.FromDays(14) + TimeSpan.FromSeconds(1), false, false)],
            watched.Select(w => (w.Exemption.Name, w.Remaining, w.HasEnded, w.EndsSoon)));
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
    private static string Flow() => "\"" + NodeGate.Testing.Signing.SigningKey.Create().PublicPem.Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
}
