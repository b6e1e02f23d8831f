using NodeGate.Policy.Importing;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>containers-policy.json(5): what it becomes, and what is refused.</summary>
public sealed class ContainersPolicyTests
{
    private const ImportSource Source = ImportSource.ContainersPolicy;
    private const string Repository = "\"signedIdentity\": {\"type\": \"matchRepository\"}";

    [Theory]
    [InlineData("reject", "deny")]
    [InlineData("insecureAcceptAnything", "allow")]
    public void Import_Default_IsUnmatched(string type, string decides) =>
        Assert.Equal(decides, Imports.Model(Source, $$$"""{"default": [{"type": "{{{type}}}"}]}""").Decides("nginx"));

    [Fact]
    public void Import_DefaultThatIsSigned_IsARuleForAllImages() =>
        Assert.Equal("require default", Imports.Model(Source, $$$"""{"default": [{{{Signed("/one.pub")}}}]}""").Decides("nginx"));

    [Fact]
    public void Import_Scopes_TheMostSpecificDecides()
    {
        var model = Imports.Model(Source, $$$"""
            {"default": [{"type": "reject"}],
             "transports": {
               "docker": {
                 "ghcr.io": [{"type": "insecureAcceptAnything"}],
                 "ghcr.io/org": [{"type": "reject"}],
                 "ghcr.io/org/app": [{{{Signed("/one.pub")}}}],
                 "ghcr.io/org/app:free": [{"type": "insecureAcceptAnything"}],
                 "*.example.com": [{"type": "insecureAcceptAnything"}],
                 "docker.io/library/nginx": [{"type": "insecureAcceptAnything"}],
                 "docker.io/org": [{"type": "insecureAcceptAnything"}]
               },
               "docker-daemon": {"": [{"type": "insecureAcceptAnything"}]}
             }}
            """);

        Assert.Equal(
            ["allow", "deny", "deny", "require ghcr.io-org-app", "allow", "require ghcr.io-org-app", "allow", "allow", "deny", "allow", "deny", "allow", "deny"],
            new[]
            {
                "ghcr.io/other/app:1", "ghcr.io/org/x:1", "ghcr.io/org:1", "ghcr.io/org/app:1", "ghcr.io/org/app:free", "ghcr.io/org/app/below:1",
                "a.example.com/app:1", "a.b.example.com:5000/app:1", "example.com/app:1", "nginx", "redis", "org/app", "quay.io/app:1",
            }.Select(image => model.Decides(image)));
    }

    [Fact]
    public void Import_TransportDefault_OverridesTheGlobalOne() =>
        Assert.Equal("allow", Imports.Model(Source, """{"default": [{"type": "reject"}], "transports": {"docker": {"": [{"type": "insecureAcceptAnything"}]} } }""").Decides("nginx"));

    [Fact]
    public void Import_SeveralRequirements_AreAllOf()
    {
        var model = Imports.Model(Source, $$$"""
            {"default": [{"type": "reject"}], "transports": {"docker": {
              "ghcr.io/a": [{{{Signed("/one.pub")}}}, {"type": "insecureAcceptAnything"}, {{{Signed("/two.pub")}}}],
              "ghcr.io/b": [{{{Signed("/one.pub")}}}, {"type": "reject"}]} } }
            """);

        Assert.Equal(("require allOf [ghcr.io-a, ghcr.io-a-2]", "deny"), (model.Decides("ghcr.io/a/x:1"), model.Decides("ghcr.io/b/x:1")));
        Assert.All(model.Authorities, a => Assert.True(a.Requirement is KeyRequirement { AcceptLegacy: true, AcceptBundle: false }));
    }

    [Theory]
    [InlineData("""{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/x"}""", "GPG")]
    [InlineData("""{"type": "sigstoreSigned", "keyPath": "/one.pub"}""", "matchRepoDigestOrExact")]
    [InlineData("""{"type": "sigstoreSigned", "keyPath": "/one.pub", "signedIdentity": {"type": "matchExact"}}""", "matchExact")]
    [InlineData("""{"type": "sigstoreSigned", "keyPath": "/one.pub", "signedIdentity": {"type": "exactRepository", "dockerRepository": "x"}}""", "exactRepository")]
    [InlineData("""{"type": "sigstoreSigned", "keyPath": "one.pub", "signedIdentity": {"type": "matchRepository"}}""", "absolute")]
    [InlineData("""{"type": "sigstoreSigned", "keyPath": "/gone.pub", "signedIdentity": {"type": "matchRepository"}}""", "no such file")]
    [InlineData("""{"type": "sigstoreSigned", "keyPath": "/one.pub", "keyData": "eA==", "signedIdentity": {"type": "matchRepository"}}""", "keyPath and keyData")]
    [InlineData("""{"type": "sigstoreSigned", "keyData": "!", "signedIdentity": {"type": "matchRepository"}}""", "base64")]
    [InlineData("""{"type": "sigstoreSigned", "unheard": 1, "keyPath": "/one.pub", "signedIdentity": {"type": "matchRepository"}}""", "unheard")]
    [InlineData("""{"type": "unheard"}""", "a requirement")]
    public void Import_RequirementThatCannotBeKept_IsRefused(string requirement, string reason) =>
        Assert.Contains(reason, Imports.Refused(Source, $$$"""{"default": [{{{requirement}}}]}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("busybox")]
    [InlineData("index.docker.io/library/nginx")]
    [InlineData("GHCR.io/org")]
    [InlineData("ghcr.io:443/org")]
    [InlineData("ghcr.io/org/")]
    [InlineData("ghcr.io/org/*")]
    [InlineData("ghcr.io/org/app@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public void Import_ScopeThatMatchesOtherImages_IsRefused(string scope) => Assert.Contains(
        "the scope",
        Imports.Refused(Source, $$$"""{"default": [{"type": "reject"}], "transports": {"docker": {"{{{scope}}}": [{"type": "insecureAcceptAnything"}]} } }"""),
        StringComparison.Ordinal);

    [Fact]
    public void Import_TwoWildcardDomains_WithATieAreRefused() => Assert.Contains(
        "tie",
        Imports.Refused(Source, """
            {"default": [{"type": "reject"}], "transports": {"docker": {
              "*.example.com": [{"type": "insecureAcceptAnything"}], "*.a.example.com": [{"type": "reject"}]} } }
            """),
        StringComparison.Ordinal);

    private static string Signed(string key) => $$$"""{"type": "sigstoreSigned", "keyPath": "{{{key}}}", {{{Repository}}}}""";
}
