using NodeGate.Oci;
using NodeGate.Policy.Importing;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Importing.Notation;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>
/// The Notary Project's trust policies. What needs a verification of signatures is mapped in full and refused by this version's loader alone:
/// these tests look at the mapping before it.
/// </summary>
public sealed class NotationImportTests
{
    private const string Certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    private const string Signed = """
        {"version": "1.0", "trustPolicies": [
          {"name": "prod", "registryScopes": ["registry.example/app", "registry.example/db"],
           "signatureVerification": {"level": "strict", "override": {"revocation": "skip", "expiry": "log"}, "verifyTimestamp": "afterCertExpiry"},
           "trustStores": ["ca:acme", "tsa:acme-tsa"],
           "trustedIdentities": ["x509.subject: C=US, ST=WA, O=acme, CN=SecureBuilder"]},
          {"name": "rest", "registryScopes": ["*"], "signatureVerification": {"level": "audit"}, "trustStores": ["signingAuthority:acme"], "trustedIdentities": ["*"]}]}
        """;

    private static readonly PolicyFile[] Stores =
    [
        ImportCases.File("notation/truststore/x509/ca/acme/root.pem", Certificate),
        ImportCases.File("notation/truststore/x509/ca/acme/second.crt", Certificate.Replace("AAAA", "BBBB", StringComparison.Ordinal)),
        ImportCases.File("notation/truststore/x509/tsa/acme-tsa/tsa.cer", Certificate),
        new PolicyFile("notation/truststore/x509/signingAuthority/acme/der.crt", new byte[] { 0x30, 0x03, 0x02, 0x01, 0x01 }),
    ];

    [Fact]
    public void Read_StatementWithSignatures_IsMappedInFull()
    {
        var (policy, context) = ImportCases.Map(new NotationImport(), [ImportCases.File("notation/trustpolicy.json", Signed), .. Stores]);

        Assert.Equal(0, context.Errors.Count);
        var prod = Assert.IsType<NativeAuthority.Notation>(policy.Authorities[0]);
        Assert.Equal(("prod", "strict", "afterCertExpiry"), (prod.Name, prod.Level, prod.VerifyTimestamp));
        Assert.Equal([("expiry", "log"), ("revocation", "skip")], prod.Override.ToArray());
        Assert.Equal(["x509.subject: C=US, ST=WA, O=acme, CN=SecureBuilder"], prod.TrustedIdentities.ToArray());
        Assert.Equal([("ca", 2), ("tsa", 1)], prod.TrustStores.Select(s => (s.Type, s.Certificates.Length)));
        Assert.Equal(Certificate.Trim(), prod.TrustStores[0].Certificates[0].Pem);
        var rest = Assert.IsType<NativeAuthority.Notation>(policy.Authorities[1]);
        Assert.Equal(("audit", null), (rest.Level, rest.VerifyTimestamp));
        Assert.Equal("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----", Assert.Single(Assert.Single(rest.TrustStores).Certificates).Pem);
        Assert.Equal([["registry.example/app", "registry.example/db"], ["**"]], policy.Rules.Select(r => r.Images));
        Assert.Equal(["prod", "rest"], policy.Rules.Select(r => Assert.IsType<NativeRequirement.Authority>(Assert.IsType<NativeAction.Require>(r.Action).Requirement).Name));
        Assert.Equal(UnmatchedAction.Deny, policy.Unmatched);
    }

    [Fact]
    public void Import_StatementWithSignatures_IsRefusedByThisVersionsLoaderAlone()
    {
        var result = PolicyImporter.Import(
            ImportSource.NotationTrustPolicy, [ImportCases.File("notation/trustpolicy.json", Signed), .. Stores], new Policies.KeyFiles());

        Assert.Null(result.Document);
        Assert.All(result.Errors, e => Assert.Contains("'notation', which is not supported by this version", e.Found, StringComparison.Ordinal));
        Assert.Equal([2, 6], result.Errors.Select(e => e.Position.Line));
    }

    [Theory]
    [InlineData("registry.example/app:1", true)]
    [InlineData("registry.example/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("registry.example/app/sub", false)]
    [InlineData("registry.example/app2", false)]
    [InlineData("nginx", true)]
    [InlineData("docker.io/library/redis", false)]
    public void Import_SkippedScopes_AdmitTheirRepositoriesAndNoOthers(string image, bool isAdmitted)
    {
        var model = ImportCases.Model(ImportSource.NotationTrustPolicy, Skip("\"registry.example/app\", \"docker.io/library/nginx\""));

        Assert.Equal(isAdmitted, model.Match(ImageReference.Parse(image), null, "default", Policies.Now).Action is RuleAction.Allow);
    }

    [Fact]
    public void Import_SkippedEverything_AdmitsEverything()
    {
        var model = ImportCases.Model(ImportSource.NotationTrustPolicy, Skip("\"*\""));

        Assert.IsType<RuleAction.Allow>(model.Match(ImageReference.Parse("ghcr.io/a/b"), null, null, Policies.Now).Action);
    }

    [Theory]
    [InlineData("\"*\", \"registry.example/app\"", "'*' among other scopes")]
    [InlineData("\"registry.example/*\"", "the scope 'registry.example/*'")]
    [InlineData("\"registry.example/app:1\"", "the scope 'registry.example/app:1'")]
    [InlineData("\"registry.example\"", "reads 'docker.io/library/registry.example'")]
    [InlineData("\"local/layout\"", "reads 'docker.io/local/layout'")]
    [InlineData("\"docker.io/nginx\"", "reads 'docker.io/library/nginx'")]
    [InlineData("\"Registry.example/app\"", "reads 'registry.example/app'")]
    [InlineData("\"registry.example/app\", \"registry.example/app\"", "a registry scope a second time")]
    public void Import_ScopeThatCannotBeKept_IsRefused(string scopes, string found) =>
        Assert.Contains(found, Assert.Single(ImportCases.Errors(ImportSource.NotationTrustPolicy, Skip(scopes))).Found, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"level\": \"skip\"", ", \"trustStores\": [\"ca:acme\"], \"trustedIdentities\": [\"*\"]", "the level 'skip' with trust stores")]
    [InlineData("\"level\": \"skip\", \"override\": {\"expiry\": \"log\"}", "", "the level 'skip' with trust stores, identities or overrides")]
    [InlineData("\"level\": \"strict\"", "", "the level 'strict' without trust stores")]
    [InlineData("\"level\": \"lenient\"", "", "'lenient'")]
    [InlineData("\"level\": \"strict\", \"override\": {\"integrity\": \"log\"}", ", \"trustStores\": [\"ca:acme\"], \"trustedIdentities\": [\"*\"]", "the unknown key 'integrity'")]
    [InlineData("\"level\": \"strict\", \"override\": {\"expiry\": \"skip\"}", ", \"trustStores\": [\"ca:acme\"], \"trustedIdentities\": [\"*\"]", "'skip'")]
    [InlineData("\"level\": \"strict\"", ", \"trustStores\": [\"ca:acme\"], \"trustedIdentities\": [\"plugin.id: 7\"]", "only a plugin of notation knows")]
    [InlineData("\"level\": \"strict\"", ", \"trustStores\": [\"ca:other\"], \"trustedIdentities\": [\"*\"]", "'ca:other', of which no certificate was given")]
    [InlineData("\"level\": \"strict\"", ", \"trustStores\": [\"ca:../acme\"], \"trustedIdentities\": [\"*\"]", "the trust store 'ca:../acme'")]
    [InlineData("\"level\": \"strict\"", ", \"trustStores\": [\"root:acme\"], \"trustedIdentities\": [\"*\"]", "the trust store 'root:acme'")]
    [InlineData("\"level\": \"strict\"", ", \"trustStore\": [\"ca:acme\"]", "the unknown key 'trustStore'")]
    public void Read_StatementThatNotationRefusesOrThatCannotBeKept_IsRefused(string verification, string rest, string found)
    {
        var text = $"{{\"version\": \"1.0\", \"trustPolicies\": [{{\"name\": \"a\", \"registryScopes\": [\"*\"], \"signatureVerification\": {{{verification}}}{rest}}}]}}";

        var (_, context) = ImportCases.Map(new NotationImport(), [ImportCases.File("trustpolicy.json", text), .. Stores]);

        Assert.Contains(context.Errors.ToSorted(), e => e.Found.Contains(found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"version\": \"1.1\", \"trustPolicies\": [{\"name\": \"a\", \"registryScopes\": [\"*\"], \"signatureVerification\": {\"level\": \"skip\"}}]}", "'1.1'")]
    [InlineData("{\"version\": \"1.0\", \"trustPolicies\": []}", "an empty list")]
    [InlineData("{\"version\": \"1.0\", \"trustPolicies\": [{\"name\": \"blob\", \"globalPolicy\": true, \"signatureVerification\": {\"level\": \"skip\"}}]}", "the unknown key 'globalPolicy'")]
    public void Import_OtherDocument_IsRefused(string document, string found) =>
        Assert.Contains(ImportCases.Errors(ImportSource.NotationTrustPolicy, document), e => e.Found.Contains(found, StringComparison.Ordinal));

    [Fact]
    public void Import_TwoTrustPolicies_IsRefused() =>
        Assert.Contains("a second trust policy", Assert.Single(ImportCases.Errors(ImportSource.NotationTrustPolicy, Skip("\"*\""), Skip("\"*\""))).Found, StringComparison.Ordinal);

    [Fact]
    public void Import_JsonWithTabs_IsRead() =>
        Assert.Single(ImportCases.Model(ImportSource.NotationTrustPolicy, Skip("\"*\"").Replace("  ", "\t", StringComparison.Ordinal)).Rules);

    private static string Skip(string scopes) => $$"""
        {
          "version": "1.0",
          "trustPolicies": [
            {
              "name": "skipped",
              "registryScopes": [{{scopes}}],
              "signatureVerification": {"level": "skip"}
            }
          ]
        }
        """;
}
