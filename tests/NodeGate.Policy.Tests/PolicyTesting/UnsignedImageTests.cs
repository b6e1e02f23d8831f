using NodeGate.Oci;
using NodeGate.Policy.Testing;

namespace NodeGate.Policy.Tests.PolicyTesting;

public sealed class UnsignedImageTests
{
    private static readonly PolicyModel Policy = Policies.Of(Policies.Authorities + $$$"""
        rules:
          - {name: org, images: ["ghcr.io/org/**"], require: {allOf: [one, two]}}
          - {name: pinned, images: ["ghcr.io/org/pinned@{{{Policies.A}}}"], allow: {reason: "pinned"}}
          - {name: watched, images: ["ghcr.io/watched/**"], mode: audit, require: {anyOf: [one]}}
          - {name: free, images: ["ghcr.io/free/**"], allow: {reason: "free"}}
          - {name: latest, images: ["**:latest"], deny: {reason: "floating"}}
          - {name: tenant, images: ["ghcr.io/tenant/**"], namespaces: {include: ["prod-*"]}, allow: {reason: "prod"}}
        """);

    [Theory]
    [InlineData("ghcr.io/org/app:1", null, "Denied", DecisionReason.NoSignature, "org")]
    [InlineData("ghcr.io/free/app:1", null, "Admitted", DecisionReason.AllowedByRule, "free")]
    [InlineData("nginx", null, "Denied", DecisionReason.DeniedByRule, "latest")]
    [InlineData("ghcr.io/else:1", null, "Denied", DecisionReason.NoMatchingRule, null)]
    [InlineData("ghcr.io/watched/app:1", null, "Denied", DecisionReason.NoSignature, "watched")]
    [InlineData("ghcr.io/tenant/app:1", "prod-a", "Admitted", DecisionReason.AllowedByRule, "tenant")]
    [InlineData("ghcr.io/tenant/app:1", "test", "Denied", DecisionReason.NoMatchingRule, null)]
    [InlineData("Not A Reference", null, "Denied", DecisionReason.InvalidReference, null)]
    [InlineData("ghcr.io/org/app@sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", null, "Denied", DecisionReason.NoSignature, "org")]
    public void Decide_ImageWithoutEvidence_IsWhatThePolicySays(string image, string? @namespace, string outcome, DecisionReason reason, string? rule)
    {
        var decision = UnsignedImage.Decide(Policy, image, null, @namespace, Policies.Now).Effective;

        Assert.Equal((outcome, reason, rule), (decision.Outcome, decision.Reason, decision.Basis.Rule));
    }

    [Fact]
    public void Decide_AuditMode_LetsThroughAndKeepsTheRefusal() =>
        Assert.NotNull(Assert.IsType<Decision.Admitted>(UnsignedImage.Decide(Policy, "ghcr.io/watched/app:1", null, null, Policies.Now)).Observed);

    [Fact]
    public void Decide_RuleByDigest_DependsOnWhatTheTagResolvesTo()
    {
        Assert.Equal("pinned", UnsignedImage.Decide(Policy, "ghcr.io/org/pinned:1", Policies.A, null, Policies.Now).Basis.Rule);
        Assert.Equal("org", UnsignedImage.Decide(Policy, "ghcr.io/org/pinned:1", Policies.B, null, Policies.Now).Basis.Rule);
        Assert.Equal("org", UnsignedImage.Decide(Policy, "ghcr.io/org/pinned:1", null, null, Policies.Now).Basis.Rule);
        Assert.Equal("pinned", UnsignedImage.Decide(Policy, $"ghcr.io/org/pinned@{Policies.A}", null, null, Policies.Now).Basis.Rule);
    }

    [Fact]
    public void Decide_RuleThatRequires_NamesEachAuthority() =>
        Assert.Equal(["one", "two"], UnsignedImage.Decide(Policy, "ghcr.io/org/app:1", null, null, Policies.Now).Verdicts.Select(v => v.Authority));
}
