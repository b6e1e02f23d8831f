using NodeGate.Policy.Importing;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>ClusterImagePolicy of policy-controller: what it becomes, and what is refused.</summary>
public sealed class ClusterImagePolicyTests
{
    private const ImportSource Source = ImportSource.ClusterImagePolicy;

    private const string KeyA = """
          - name: a
            key:
              data: |
                {{a}}
        """;

    private const string KeyB = """
          - name: b
            key:
              data: |
                {{b}}
        """;

    [Fact]
    public void Import_KeyAuthority_IsACosignAuthorityForLegacySignatures()
    {
        var model = Imports.Model(Source, Policy("p", "ghcr.io/org/**", KeyA));

        var key = Assert.IsType<KeyRequirement>(Assert.Single(model.Authorities).Requirement);
        Assert.True(key is { AcceptLegacy: true, AcceptBundle: false, TransparencyLog: null });
        Assert.Equal(("require a", "deny"), (model.Decides("ghcr.io/org/x/app:1"), model.Decides("quay.io/app:1")));
    }

    [Theory]
    [InlineData("ghcr.io/org/*", "ghcr.io/org/app:1", "quay.io/org/app:1")]
    [InlineData("ghcr.io/org/*", "ghcr.io/org/app:1", "ghcr.io/org/x/app:1")]
    [InlineData("ghcr.io/org/app*", "ghcr.io/org/app-2:1", "ghcr.io/org/other:1")]
    [InlineData("ghcr.io/**/app**", "ghcr.io/a/b/app/c:1", "ghcr.io/a/b/c:1")]
    [InlineData("**", "nginx", null)]
    [InlineData("*", "nginx", "org/app")]
    [InlineData("*/*", "org/app", "ghcr.io/org/app")]
    [InlineData("index.docker.io/library/*", "nginx", "org/app")]
    [InlineData("**demo**", "ghcr.io/demo/app:1", "ghcr.io/app:demo")]
    public void Import_Glob_MatchesTheSameImages(string glob, string matched, string? other)
    {
        var model = Imports.Model(Source, Policy("p", glob, KeyA));

        Assert.Equal("require a", model.Decides(matched));
        if (other is not null)
        {
            Assert.Equal("deny", model.Decides(other));
        }
    }

    [Theory]
    [InlineData("ghcr.io/org/app", "no image matches")]
    [InlineData("ghcr.io/org/app:v1*", "tag")]
    [InlineData("docker.io/org/*", "index.docker.io")]
    [InlineData("index.docker.io/*", "two parts")]
    [InlineData("ghcr.io/org/*a*", "digest")]
    [InlineData("*d*", "index.docker.io")]
    [InlineData("ghcr.io/Org/*", "differently")]
    [InlineData("^ghcr.io/.*$", "differently")]
    public void Import_GlobThatMatchesOtherImages_IsRefused(string glob, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, Policy("p", glob, KeyA)), StringComparison.Ordinal);

    [Fact]
    public void Import_Keyless_IsAuthorityOfThePublicGoodInstance()
    {
        var model = Imports.Model(Source, Policy("p", "**", """
              - keyless:
                  url: https://fulcio.sigstore.dev
                  identities:
                    - {issuer: "https://issuer.example", subjectRegExp: "^https://github\\.com/org/.+$"}
                ctlog: {url: "https://rekor.sigstore.dev"}
            """));

        var keyless = Assert.IsType<KeylessRequirement>(Assert.Single(model.Authorities).Requirement);
        var identity = Assert.Single(keyless.Identities);
        Assert.True(identity.Subject.Matches("https://github.com/org/app"));
        Assert.False(identity.Subject.Matches("https://evil.example/https://github.com/org/app"));
        Assert.Equal("public-good", Assert.Single(model.TrustRoots).Name);
    }

    [Fact]
    public void Import_AuthoritiesOfOnePolicy_AreAnyOf() =>
        Assert.Equal("require anyOf [a, b]", Imports.Model(Source, Policy("p", "**", KeyA + "\n" + KeyB)).Decides("nginx"));

    [Fact]
    public void Import_PoliciesWithEqualGlobs_AreAllOf()
    {
        var model = Imports.Model(Source, Policy("p", "ghcr.io/org/**", KeyA), Policy("q", "ghcr.io/org/**", KeyB));

        Assert.Equal("require allOf [a, b]", model.Decides("ghcr.io/org/app:1"));
        Assert.Equal("p-and-q", Assert.Single(model.Rules).Name);
    }

    [Fact]
    public void Import_GlobWithinAnother_AsksForBoth()
    {
        var model = Imports.Model(Source, Policy("all", "**", KeyA), Policy("org", "ghcr.io/org/**", KeyB));

        Assert.Equal(("require a", "require allOf [a, b]"), (model.Decides("nginx"), model.Decides("ghcr.io/org/app:1")));
    }

    [Fact]
    public void Import_GlobsThatCross_AreRefused() =>
        Assert.Contains("one rule decides", Imports.Refused(Source, Policy("p", "ghcr.io/**", KeyA), Policy("q", "**/application*", KeyB)), StringComparison.Ordinal);

    [Fact]
    public void Import_StaticAndModes_AreAllowDenyAndAudit()
    {
        var model = Imports.Model(
            Source,
            Policy("pass", "registry.k8s.io/**", "  - static: {action: pass}"),
            Policy("fail", "quay.io/**", "  - static: {action: fail, message: 'no \"quay\": # here'}"),
            Policy("warn", "ghcr.io/**", KeyA, "  mode: warn"));

        Assert.Equal(
            ("allow", "deny", "require a (audit)"),
            (model.Decides("registry.k8s.io/pause:3"), model.Decides("quay.io/app:1"), model.Decides("ghcr.io/app:1")));
    }

    [Theory]
    [InlineData("allow", "allow")]
    [InlineData("warn", "deny (audit)")]
    [InlineData("deny", "deny")]
    public void Import_NoMatchPolicy_IsUnmatched(string word, string decides)
    {
        var settings = $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: config-policy-controller}}\ndata: {{no-match-policy: {word}}}\n";

        var model = Imports.Model(Source, settings, Policy("p", "ghcr.io/**", KeyA));

        Assert.Equal((decides, "require a"), (model.Decides("quay.io/app:1"), model.Decides("ghcr.io/app:1")));
    }

    [Fact]
    public void Import_AttestationBesideASignature_IsAnAttestationOfTheRule()
    {
        var model = Imports.Model(
            Source,
            Policy("signed", "**", KeyA),
            Policy("attested", "**", KeyB + "\n    attestations: [{name: x, predicateType: slsaprovenance}]"));

        var require = Assert.IsType<RuleAction.Require>(Assert.Single(model.Rules).Action);
        Assert.Equal("https://slsa.dev/provenance/v0.2", Assert.Single(require.Attestations).Type);
        Assert.Equal("b", Assert.Single(require.Attestations[0].By).Name);
    }

    [Fact]
    public void Import_ListOfObjects_IsEachOfThem()
    {
        var list = "apiVersion: v1\nkind: List\nitems:\n" + string.Concat(Policy("p", "**", KeyA).TrimEnd('\n').Split('\n').Select((l, i) => (i == 0 ? "- " : "  ") + l + "\n"));

        Assert.Equal("require a", Imports.Model(Source, list).Decides("nginx"));
    }

    [Theory]
    [InlineData("  - key: {secretRef: {name: x}}", "secretRef")]
    [InlineData("  - key: {kms: \"awskms://x\"}", "kms")]
    [InlineData("  - keyless: {ca-cert: {data: x}, identities: [{issuer: x, subject: y}]}", "ca-cert")]
    [InlineData("  - keyless: {trustRootRef: x, identities: [{issuer: x, subject: y}]}", "trustRootRef")]
    [InlineData("  - keyless: {identities: [{issuer: x, subjectRegExp: \"\\\\p{L}+\"}]}", "\\p")]
    [InlineData("  - keyless: {identities: []}", "identities")]
    [InlineData("  - {keyless: {identities: [{issuer: x, subject: y}]}, ctlog: {}}", "without a log")]
    [InlineData("  - {keyless: {identities: [{issuer: x, subject: y}], insecureIgnoreSCT: true}}", "insecureIgnoreSCT")]
    [InlineData("  - {keyless: {identities: [{issuer: x, subject: y}]}, rfc3161timestamp: {trustRootRef: x}}", "rfc3161timestamp")]
    [InlineData("  - {keyless: {identities: [{issuer: x, subject: y}]}, attestations: [{name: x, predicateType: vuln}]}", "attestations without a signature")]
    [InlineData("  - {keyless: {identities: [{issuer: x, subject: y}]}, source: [{oci: ghcr.io/s, tagPrefix: x}]}", "tagPrefix")]
    [InlineData("  - {keyless: {identities: [{issuer: x, subject: y}]}, unheard: 1}", "unheard")]
    [InlineData("   []", "without authorities")]
    public void Import_AuthorityThatCannotBeKept_IsRefused(string authority, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, Policy("p", "**", authority)), StringComparison.Ordinal);

    [Theory]
    [InlineData("  match: [{version: v1, resource: pods}]", "'match'")]
    [InlineData("  policy: {type: cue, data: x}", "CUE")]
    [InlineData("  unheard: 1", "unheard")]
    public void Import_SpecThatCannotBeKept_IsRefusedWithItsLine(string more, string reason)
    {
        var text = Imports.Refused(Source, Policy("p", "**", KeyA, more));

        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Matches(@"^theirs-0\.yaml:\d+:\d+: ", text);
    }

    [Fact]
    public void Import_AnotherKind_IsRefused() =>
        Assert.Contains("ClusterImagePolicy", Imports.Refused(Source, "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"), StringComparison.Ordinal);

    private static string Policy(string name, string glob, string authorities, string more = "") =>
        $"apiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy\nmetadata: {{name: {name}}}\nspec:\n  images:\n  - glob: \"{glob}\"\n  authorities:\n{authorities}\n{more}\n";
}
