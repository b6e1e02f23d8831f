using NodeGate.Policy.Importing;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Kyverno's <c>verifyImages</c>: what it becomes, and what is refused.</summary>
public sealed class KyvernoTests
{
    private const ImportSource Source = ImportSource.Kyverno;
    private const string A = "                - keys:\n                    publicKeys: |-\n                      {{a}}\n                    rekor: {ignoreTlog: true}\n";
    private const string B = "                - keys:\n                    publicKeys: |-\n                      {{b}}\n                    rekor: {ignoreTlog: true}\n";

    [Theory]
    [InlineData("ghcr.io/org/*", "ghcr.io/org/x/app:1", "ghcr.io/other:1")]
    [InlineData("ghcr.io/org/app*", "ghcr.io/org/app-2:1", "ghcr.io/org/other:1")]
    [InlineData("ghcr.io/org/app:*", "ghcr.io/org/app:1", "ghcr.io/org/app@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ghcr.io/org/*:*", "ghcr.io/org/app@sha256:0000000000000000000000000000000000000000000000000000000000000000", "ghcr.io/other:1")]
    [InlineData("ghcr.io/org/*:v*", "ghcr.io/org/app:v1", "ghcr.io/org/app:1")]
    [InlineData("ghcr.io/org/app:1", "ghcr.io/org/app:1", "ghcr.io/org/app:2")]
    [InlineData("*", "nginx", null)]
    [InlineData("**", "nginx", null)]
    [InlineData("*:latest", "nginx", "nginx:1")]
    [InlineData("docker.io/*", "nginx", "ghcr.io/org/app:1")]
    [InlineData("docker.io/org/*", "org/app", "nginx")]
    [InlineData("*/team/*", "ghcr.io/team/app:1", "ghcr.io/org/app:1")]
    [InlineData("*.example.com/*", "a.example.com/app:1", "example.com/app:1")]
    public void Import_Pattern_MatchesTheSameImages(string pattern, string matched, string? other)
    {
        var model = Imports.Model(Source, Policy(Entry(pattern, A)));

        Assert.Equal("require check-key", model.Decides(matched));
        if (other is not null)
        {
            Assert.Equal("allow", model.Decides(other));
        }
    }

    [Theory]
    [InlineData("ghcr.io/org/app", "no image matches")]
    [InlineData("nginx:*", "registry")]
    [InlineData("docker.io/nginx:*", "spellings")]
    [InlineData("docker.io/library/*", "spellings")]
    [InlineData("index.docker.io/*", "registry of its own")]
    [InlineData("ghcr.io/org/a?p:*", "only wildcard")]
    [InlineData("ghcr.io/*app*", "met by a tag")]
    [InlineData("ghcr.io/org/*:1*", "digest")]
    [InlineData("*:1", "port")]
    [InlineData("*.com:*", "spellings")]
    [InlineData("docker.io/*nginx*", "spellings")]
    [InlineData("{{ x }}*", "variables")]
    public void Import_PatternThatMatchesOtherImages_IsRefused(string pattern, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, Policy(Entry(pattern, A))), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "require allOf [check-key, check-key-2]")]
    [InlineData("count: 1", "require anyOf [check-key, check-key-2]")]
    [InlineData("count: 2", "require allOf [check-key, check-key-2]")]
    [InlineData("count: 0", "require allOf [check-key, check-key-2]")]
    public void Import_Count_IsHowManyEntries(string count, string decides) =>
        Assert.Equal(decides, Imports.Model(Source, Policy(Entry("ghcr.io/*", A + B, count))).Decides("ghcr.io/app:1"));

    [Fact]
    public void Import_SeveralKeysInOneText_AreEntriesOfTheirOwn()
    {
        const string Both = "                - keys:\n                    publicKeys: |-\n                      {{a}}\n                      {{b}}\n";

        var model = Imports.Model(Source, Policy(Entry("ghcr.io/*", Both)));

        Assert.Equal("require allOf [check-key, check-key-2]", model.Decides("ghcr.io/app:1"));
        Assert.All(model.Authorities, a => Assert.NotNull(Assert.IsType<KeyRequirement>(a.Requirement).TransparencyLog));
    }

    [Fact]
    public void Import_TwoOfThreeKeys_CountsSigners()
    {
        var three = A + B + "                - attestor:\n                    entries:\n" + Indented(A);

        Assert.Contains("counts entries", Imports.Refused(Source, Policy(Entry("ghcr.io/*", three, "count: 2"))), StringComparison.Ordinal);
        Assert.Contains("counts entries", Imports.Refused(Source, Policy(Entry("ghcr.io/*", A + B + A, "count: 2"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_NestedSet_IsNested()
    {
        var nested = A + "                - attestor:\n                    count: 1\n                    entries:\n" + Indented(A) + Indented(B);

        Assert.Equal(
            "require allOf [check-key, anyOf [check-key-2, check-key-3]]", Imports.Model(Source, Policy(Entry("ghcr.io/*", nested))).Decides("ghcr.io/app:1"));
    }

    [Fact]
    public void Import_SkippedImages_AreAdmittedUnlessAnotherRuleAsks()
    {
        var model = Imports.Model(Source, Policy(
            Entry("ghcr.io/*", A, "", "          skipImageReferences: [\"ghcr.io/free/*\"]\n")), Policy(Entry("ghcr.io/free/some/*", B), "other"));

        Assert.Equal(
            ("require check-key", "allow", "require check-key-2"),
            (model.Decides("ghcr.io/app:1"), model.Decides("ghcr.io/free/app:1"), model.Decides("ghcr.io/free/some/app:1")));
    }

    [Fact]
    public void Import_SkippedImagesThatCross_AreRefused() => Assert.Contains(
        "one rule decides",
        Imports.Refused(Source, Policy(Entry("ghcr.io/org/*", A, "", "          skipImageReferences: [\"*/free/*\"]\n"))),
        StringComparison.Ordinal);

    [Fact]
    public void Import_PatternOfANamespaceThatCrossesOneOfAll_IsRefused()
    {
        var inProd = Policy(Entry("ghcr.io/org/*", A)).Replace("kinds: [Pod]", "kinds: [Pod], namespaces: [prod]", StringComparison.Ordinal);

        Assert.Contains("one rule decides", Imports.Refused(Source, inProd, Policy(Entry("*/team/*", B), "q")), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_Namespaces_AreThoseOfTheRule()
    {
        var everywhere = Policy(Entry("ghcr.io/*", A), "all", action: "Enforce", exclude: "      exclude: {any: [{resources: {namespaces: [kube-system]}}]}\n");
        var inProd = Policy(Entry("ghcr.io/org/*", B)).Replace("kind: ClusterPolicy", "kind: Policy", StringComparison.Ordinal)
            .Replace("metadata: {name: p}", "metadata: {name: p, namespace: kube-system}", StringComparison.Ordinal);

        var model = Imports.Model(Source, everywhere, inProd);

        Assert.Equal(
            ("require check-key", "require check-key", "allow", "require check-key-2"),
            (model.Decides("ghcr.io/app:1", "test"), model.Decides("ghcr.io/org/app:1", "test"), model.Decides("ghcr.io/app:1", "kube-system"), model.Decides("ghcr.io/org/app:1", "kube-system")));
    }

    [Fact]
    public void Import_NamespacesThatMeet_AreRefused()
    {
        var one = Policy(Entry("ghcr.io/*", A)).Replace("kinds: [Pod]", "kinds: [Pod], namespaces: [\"prod-*\"]", StringComparison.Ordinal);
        var two = Policy(Entry("ghcr.io/*", A), "q").Replace("kinds: [Pod]", "kinds: [Pod], namespaces: [\"*-a\"]", StringComparison.Ordinal);

        Assert.Contains("partly those", Imports.Refused(Source, one, two), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "require check-key (audit)")]
    [InlineData("Audit", "require check-key (audit)")]
    [InlineData("Enforce", "require check-key")]
    public void Import_FailureAction_IsTheMode(string action, string decides) =>
        Assert.Equal(decides, Imports.Model(Source, Policy(Entry("ghcr.io/*", A), action: action)).Decides("ghcr.io/app:1"));

    [Fact]
    public void Import_DigestThatIsVerifiedAndNotWritten_IsRequired() =>
        Assert.True(Assert.Single(Imports.Model(Source, Policy(Entry("ghcr.io/*", A, "", "          mutateDigest: false\n"))).Rules).RequiresDigest);

    [Fact]
    public void Import_Repository_IsWhereSignaturesLie() => Assert.Equal(
        "ghcr.io/signatures", Assert.Single(Imports.Model(Source, Policy(Entry("ghcr.io/*", A, "", "          repository: ghcr.io/signatures\n"))).Rules).SignatureRepository);

    [Fact]
    public void Import_KeylessWithWildcards_MatchesTheWholeValue()
    {
        const string Keyless = "                - keyless: {issuer: \"https://issuer.example\", subject: \"https://github.com/org/*\"}\n";

        var model = Imports.Model(Source, Policy(Entry("ghcr.io/*", Keyless, "", "          type: SigstoreBundle\n")));

        var keyless = Assert.IsType<KeylessRequirement>(Assert.Single(model.Authorities).Requirement);
        Assert.True(keyless is { AcceptBundle: true, AcceptLegacy: false });
        Assert.True(keyless.Identities[0].Subject.Matches("https://github.com/org/app"));
        Assert.False(keyless.Identities[0].Subject.Matches("https://github.com.org/app"));
    }

    [Theory]
    [InlineData("                - keys: {kms: \"awskms://x\"}\n", "'kms'")]
    [InlineData("                - keys: {secret: {name: x, namespace: y}}\n", "'secret'")]
    [InlineData("                - keys: {publicKeys: \"k8s://x/y\"}\n", "not written out")]
    [InlineData("                - keyless: {issuer: x, subject: y, rekor: {ignoreTlog: true}}\n", "without a log")]
    [InlineData("                - keyless: {issuer: x, subject: y, rekor: {pubkey: z}}\n", "one instance")]
    [InlineData("                - keyless: {issuer: x}\n", "no 'subject'")]
    [InlineData("                - keyless: {issuer: x, subject: \"a?\"}\n", "Kyverno's own")]
    [InlineData("                - keyless: {issuer: x, subject: y, additionalExtensions: {a: b}}\n", "additionalExtensions")]
    [InlineData("                - certificates: {cert: x}\n", "certificates of one's own")]
    [InlineData("                - {keyless: {issuer: x, subject: y}, annotations: {a: b}}\n", "annotations")]
    [InlineData("                - {unheard: 1}\n", "unheard")]
    public void Import_AttestorThatCannotBeKept_IsRefused(string entry, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, Policy(Entry("ghcr.io/*", entry))), StringComparison.Ordinal);

    [Theory]
    [InlineData("          required: false\n", "'required: false'")]
    [InlineData("          attestations: [{type: x}]\n", "without attestors")]
    [InlineData("          cosignOCI11: true\n", "cosignOCI11")]
    [InlineData("          unheard: true\n", "unheard")]
    public void Import_EntryThatCannotBeKept_IsRefused(string more, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, Policy(Entry("ghcr.io/*", A, "", more))), StringComparison.Ordinal);

    [Theory]
    [InlineData("      preconditions: {all: []}\n", "preconditions")]
    [InlineData("      validate: {message: x}\n", "stays with Kyverno")]
    [InlineData("      exclude: {any: [{subjects: [{kind: User, name: x}]}]}\n", "subjects")]
    [InlineData("      exclude: {any: [{resources: {selector: {matchLabels: {a: b}}}}]}\n", "selector")]
    public void Import_RuleThatCannotBeKept_IsRefused(string more, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, Policy(Entry("ghcr.io/*", A), exclude: more)), StringComparison.Ordinal);

    private static string Indented(string entry) => string.Concat(entry.TrimEnd('\n').Split('\n').Select(l => "      " + l + "\n"));

    private static string Entry(string pattern, string entries, string count = "", string more = "") =>
        $"        - imageReferences: [\"{pattern}\"]\n{more}          attestors:\n            - {(count.Length == 0 ? "" : count + "\n              ")}entries:\n{entries}";

    private static string Policy(string entries, string name = "p", string action = "Enforce", string exclude = "") =>
        $"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: {name}}}\nspec:\n"
        + (action.Length == 0 ? "" : $"  validationFailureAction: {action}\n")
        + $"  rules:\n    - name: check\n      match: {{any: [{{resources: {{kinds: [Pod]}}}}]}}\n{exclude}      verifyImages:\n{entries}";
}
