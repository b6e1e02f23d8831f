namespace NodeGate.Policy.Tests;

/// <summary>The example of design.md section 6, as far as this version reads it.</summary>
public sealed class DesignExampleTests
{
    private const string Digest = "sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097";

    private const string Text = Policies.Head + """
        mode: enforce
        unmatched: deny
        trustRoots:
          - {name: public-good, trustedRoot: root.json}
          - {name: corp, tuf: {mirror: "https://tuf.corp.example", root: tuf-root.json}}
        authorities:
          - name: release-key
            cosign:
              keys: [{file: one.pub}]
              transparencyLog: {trustRoot: public-good}
              formats: [bundle, legacy]
              annotations: {env: prod}
          - name: github-release
            keyless:
              trustRoot: public-good
              identities:
                - {issuer: "https://token.actions.githubusercontent.com", subjectRegex: "https://github.com/org/.+"}
              certificate: {sourceRepositoryUri: "https://github.com/org/app"}
        rules:
          - name: org
            images: ["ghcr.io/org/**"]
            namespaces: {include: ["prod-*"], exclude: ["prod-sandbox"]}
            require: {anyOf: [release-key, github-release]}
            attestations:
              - {type: "https://slsa.dev/provenance/v1", by: [github-release], conditions: [{path: /buildDefinition/buildType, equals: "…"}]}
          - {name: pause, images: ["registry.k8s.io/pause@sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097"], allow: {reason: "sandbox image, pinned"}}
          - {name: no-latest, images: ["**:latest"], deny: {reason: "floating tag"}}
        """;

    [Theory]
    [InlineData("ghcr.io/org/app:v1", "prod-a", "org")]
    [InlineData("ghcr.io/org/team/app:v1", "prod-a", "org")]
    [InlineData("ghcr.io/org/app:v1", "prod-sandbox", null)]
    [InlineData("ghcr.io/org/app:v1", "dev", null)]
    [InlineData("ghcr.io/org/app:v1", null, null)]
    [InlineData("ghcr.io/org/app", "prod-a", "no-latest")]
    [InlineData("nginx", "prod-a", "no-latest")]
    [InlineData("nginx:1.27", "prod-a", null)]
    [InlineData("registry.k8s.io/pause@" + Digest, null, "pause")]
    [InlineData("registry.k8s.io/pause:3.10@" + Digest, "kube-system", "pause")]
    public void Match_ExampleOfTheDesign_DecidesAsWritten(string image, string? @namespace, string? rule)
    {
        var match = Policies.Model(Text).Match(Policies.Ref(image), null, @namespace, Policies.Now);

        Assert.Equal(rule, match.Rule);
    }

    [Fact]
    public void Match_TagThatResolvesToAnAllowedDigest_NeedsTheDigestFirst()
    {
        var model = Policies.Model(Text);
        var pause = Policies.Ref("registry.k8s.io/pause:3.10");

        var before = model.Match(pause, null, null, Policies.Now);
        var after = model.Match(pause, Oci.Digest.Parse(Digest), null, Policies.Now);

        Assert.True(before.NeedsDigest);
        Assert.Null(before.Rule);
        Assert.False(after.NeedsDigest);
        Assert.Equal("pause", after.Rule);
    }
}
