using NodeGate.Oci;
using NodeGate.Policy.Importing;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Portieris: what its policies admit and refuse, and what cannot be kept.</summary>
public sealed class PortierisImportTests
{
    private const string Accept = "{simple: {requirements: [{type: insecureAcceptAnything}]}}";
    private const string Reject = "{simple: {requirements: [{type: reject}]}}";

    [Theory]
    [InlineData("*", "nginx", true)]
    [InlineData("icr.io/*", "icr.io/team/app:1", true)]
    [InlineData("icr.io/*", "us.icr.io/app", false)]
    [InlineData("icr.io/*", "evil.example/icr.io/app", false)]
    [InlineData("*.icr.io/*", "us.icr.io/app", true)]
    [InlineData("*.icr.io/team/*", "evil.example/us.icr.io/team/app", false)]
    [InlineData("icr.io/team/app", "icr.io/team/app:2", true)]
    [InlineData("icr.io/team/app", "icr.io/team/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("icr.io/team/app", "icr.io/team/app2", false)]
    [InlineData("icr.io/team/app*", "icr.io/team/app2", true)]
    [InlineData("icr.io/*/app", "icr.io/a/b/app:1", true)]
    [InlineData("icr.io/*/app", "icr.io/app:1", false)]
    [InlineData("icr.io/app:1.*", "icr.io/app:1.7", true)]
    [InlineData("icr.io/app:1.*", "icr.io/app:2.0", false)]
    [InlineData("icr.io/app:1.*", "icr.io/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("docker.io/library/nginx", "nginx", true)]
    public void Import_AcceptedPattern_AdmitsWhatItMatches(string pattern, string image, bool isAdmitted)
    {
        var model = ImportCases.Model(ImportSource.Portieris, Cluster($"{{name: \"{pattern}\", policy: {Accept}}}"));

        Assert.Equal(isAdmitted, Admits(model, image, "default"));
    }

    [Theory]
    [InlineData("icr.io/team/app:1", true)]
    [InlineData("icr.io/team/blocked:1", false)]
    [InlineData("icr.io/other:1", false)]
    [InlineData("icr.io/team/blocked/deep:1", true)]
    [InlineData("ghcr.io/team/app", false)]
    public void Import_SeveralPatterns_TheLongerOneDecides(string image, bool isAdmitted)
    {
        var model = ImportCases.Model(
            ImportSource.Portieris,
            Cluster($"{{name: icr.io/*, policy: {Reject}}}", $"{{name: icr.io/team/*, policy: {Accept}}}", $"{{name: icr.io/team/blocked, policy: {Reject}}}"));

        Assert.Equal(isAdmitted, Admits(model, image, "default"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{trust: {enabled: false}, vulnerability: {ICCRVA: {enabled: false, account: abc}}, mutateImage: true}")]
    [InlineData("{simple: {requirements: []}}")]
    public void Import_PolicyThatAsksForNothing_Admits(string policy)
    {
        var model = ImportCases.Model(ImportSource.Portieris, Cluster($"{{name: \"*\", policy: {policy}}}"));

        Assert.True(Admits(model, "nginx", "default"));
    }

    [Theory]
    [InlineData("team-a", "icr.io/a/app", true)]
    [InlineData("team-a", "icr.io/cluster/app", false)]
    [InlineData("team-b", "icr.io/cluster/app", true)]
    [InlineData("team-b", "icr.io/a/app", false)]
    [InlineData("empty", "icr.io/cluster/app", false)]
    [InlineData(null, "icr.io/cluster/app", false)]
    public void Import_ImagePolicyOfANamespace_ReplacesTheClustersThere(string? @namespace, string image, bool isAdmitted)
    {
        var model = ImportCases.Model(
            ImportSource.Portieris,
            Cluster($"{{name: icr.io/cluster/*, policy: {Accept}}}"),
            Namespaced("team-a", $"{{name: icr.io/a/*, policy: {Accept}}}"),
            Namespaced("empty"));

        Assert.Equal(isAdmitted, Admits(model, image, @namespace));
    }

    [Fact]
    public void Import_SamePatternInNamespaceAndCluster_EachDecidesInItsOwn()
    {
        var model = ImportCases.Model(
            ImportSource.Portieris, Cluster($"{{name: icr.io/*, policy: {Reject}}}"), Namespaced("team-a", $"{{name: icr.io/*, policy: {Accept}}}"));

        Assert.True(Admits(model, "icr.io/app", "team-a"));
        Assert.False(Admits(model, "icr.io/app", "team-b"));
    }

    [Fact]
    public void Import_ListOfKubectl_IsRead()
    {
        var model = ImportCases.Model(ImportSource.Portieris, $$"""
            apiVersion: v1
            kind: List
            metadata: {resourceVersion: ""}
            items:
              - apiVersion: portieris.cloud.ibm.com/v1
                kind: ClusterImagePolicy
                metadata: {name: default, uid: 1, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec: {repositories: [{name: "*", policy: {{Accept}}}]}
            """);

        Assert.True(Admits(model, "nginx", "default"));
    }

    [Fact]
    public void Import_SamePatternTwice_TheFirstDecidesAndTheOtherIsNoted()
    {
        var result = ImportCases.Import(ImportSource.Portieris, Cluster($"{{name: icr.io/*, policy: {Reject}}}", $"{{name: icr.io/*, policy: {Accept}}}"));

        Assert.False(Admits(Policies.Model(result.Document!), "icr.io/app", "default"));
        Assert.Contains(result.Notes, n => n.Contains("'icr.io/*' never decides", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{trust: {enabled: true, signerSecrets: [{name: alice}], trustServer: \"https://icr.io:4443\"}}", "Portieris trusts the root key that the trust server shows first")]
    [InlineData("{simple: {requirements: [{type: signedBy, keySecret: my-pubkey, signedIdentity: {type: matchExactRepository, dockerRepository: icr.io/x}}]}}", "GPG")]
    [InlineData("{vulnerability: {ICCRVA: {enabled: true}}}", "NodeGate asks no vulnerability scanner")]
    [InlineData("{simple: {requirements: [{type: signedBaseLayer}]}}", "'signedBaseLayer'")]
    [InlineData("{sigstore: {}}", "the unknown key 'sigstore'")]
    public void Import_PolicyThatCannotBeKept_IsRefused(string policy, string why)
    {
        var error = Assert.Single(ImportCases.Errors(ImportSource.Portieris, Cluster($"{{name: icr.io/*, policy: {policy}}}")));

        Assert.Equal(("a.yaml", 5), (error.Position.File, error.Position.Line));
        Assert.Contains(why, error.Found, StringComparison.Ordinal);
        Assert.NotEmpty(error.Expected);
    }

    [Theory]
    [InlineData("nginx", "matches short names only")]
    [InlineData("org/app", "matches short names only")]
    [InlineData("icr.io/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "also decides the tags")]
    [InlineData("icr.io/*-dev", "reads over ':' into the tag")]
    [InlineData("docker.io/nginx", "reads 'docker.io/library/nginx'")]
    [InlineData("ICR.io/app", "reads 'icr.io/app'")]
    [InlineData("icr.io/app:", "for no pattern")]
    public void Import_RepositoryThatCannotBeKept_IsRefused(string name, string why)
    {
        var error = Assert.Single(ImportCases.Errors(ImportSource.Portieris, Cluster($"{{name: \"{name}\", policy: {Accept}}}")));

        Assert.Contains(why, error.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("icr.io/*/application", "icr.io/team/*", "Portieris prefers 'icr.io/*/application'")]
    [InlineData("icr.io/team/*", "icr.io/*/application", "Portieris prefers 'icr.io/*/application'")]
    [InlineData("icr.io/*/a", "icr.io/*/b/a", "could not tell which decides")]
    public void Import_OrderThatNodeGateDoesNotHave_IsRefused(string accepted, string rejected, string why)
    {
        var error = Assert.Single(ImportCases.Errors(
            ImportSource.Portieris, Cluster($"{{name: \"{accepted}\", policy: {Accept}}}", $"{{name: \"{rejected}\", policy: {Reject}}}")));

        Assert.Contains(why, error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_RejectedTagOfAnAcceptedRepository_IsRefusedAsItsDigestWouldBeAdmitted()
    {
        var error = Assert.Single(ImportCases.Errors(
            ImportSource.Portieris, Cluster($"{{name: icr.io/*, policy: {Accept}}}", $"{{name: \"icr.io/app:1.0\", policy: {Reject}}}")));

        Assert.Contains("keeps only the digest of a reference with tag and digest", error.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: securityenforcement.admission.cloud.ibm.com/v1beta1\nkind: ImagePolicy\nmetadata: {name: a, namespace: b}\nspec: {repositories: []}", "'ImagePolicy' of 'securityenforcement")]
    [InlineData("apiVersion: portieris.cloud.ibm.com/v1\nkind: ImagePolicy\nmetadata: {name: a}\nspec: {repositories: []}", "without 'metadata.namespace'")]
    [InlineData("apiVersion: portieris.cloud.ibm.com/v1\nkind: ClusterImagePolicy\nmetadata: {name: a}", "no 'spec'")]
    public void Import_OtherObject_IsRefused(string document, string found) =>
        Assert.Contains(found, Assert.Single(ImportCases.Errors(ImportSource.Portieris, document)).Found, StringComparison.Ordinal);

    private static string Cluster(params string[] repositories) => Object("ClusterImagePolicy", "name: default", repositories);

    private static string Namespaced(string @namespace, params string[] repositories) => Object("ImagePolicy", $"name: default, namespace: {@namespace}", repositories);

    private static string Object(string kind, string metadata, string[] repositories) =>
        $"apiVersion: portieris.cloud.ibm.com/v1\nkind: {kind}\nmetadata: {{{metadata}}}\nspec:\n  repositories: [{string.Join(",\n    ", repositories)}]\n";

    private static bool Admits(PolicyModel model, string image, string? @namespace) =>
        model.Match(ImageReference.Parse(image), null, @namespace, Policies.Now).Action is RuleAction.Allow;
}
