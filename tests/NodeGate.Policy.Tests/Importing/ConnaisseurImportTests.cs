using NodeGate.Policy.Importing;
using NodeGate.Policy.Importing.Connaisseur;
using NodeGate.Policy.Importing.Native;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>Connaisseur: what its validators and options become, and what cannot be kept. Patterns have tests of their own.</summary>
public sealed class ConnaisseurImportTests
{
    private static readonly string One = ImportCases.Block(Policies.One.PublicPem, 12);

    [Fact]
    public void Import_HelmValues_AreRead()
    {
        var model = ImportCases.Model(ImportSource.Connaisseur, $$$"""
            kubernetes: {deployment: {replicasCount: 3}}
            application:
              validators:
                - {name: allow, type: static, approve: true}
                - {name: deny, type: static, approve: false}
                - name: default
                  type: cosign
                  trustRoots:
                    - name: default
                      key: {{{One}}}
              policy:
                - pattern: "*:*"
                - pattern: "registry.k8s.io/*:*"
                  validator: allow
                - pattern: "docker.io/library/*:*"
                  validator: deny
                  with: {mode: insecureValidateOnly}
              features:
                automaticUnchangedApproval: true
                automaticChildApproval: true
                detectionMode: true
                namespacedValidation: {mode: ignore}
                resourceValidationMode: all
                cache: {expirySeconds: 30}
              logLevel: info
            alerting: {admitRequest: {receivers: []}}
            """);

        Assert.Equal(["docker.io-library", "everything", "registry.k8s.io"], model.Rules.Select(r => r.Name).Where(n => !n.Contains("inside", StringComparison.Ordinal)));
        Assert.All(model.Rules, r => Assert.Equal(PolicyMode.Audit, r.Mode));
        Assert.Equal(UnmatchedAction.Deny, model.Unmatched);
        var key = Assert.IsType<KeyRequirement>(Assert.Single(model.Authorities).Requirement);
        Assert.Equal((false, true), (key.AcceptBundle, key.AcceptLegacy));
        Assert.NotNull(key.TransparencyLog);
    }

    [Fact]
    public void Import_FeaturesWithoutCounterpart_AreNoted()
    {
        var notes = ImportCases.Import(ImportSource.Connaisseur, $$$"""
            validators:
              - {name: default, type: cosign, auth: {secretName: s}, cert: {{{ImportCases.Pem}}}, trustRoots: [{name: default, key: {{{Inline()}}}}]}
            policy: [{pattern: "ghcr.io/org/*:*", with: {mode: insecureValidateOnly, verifyInTransparencyLog: false}}]
            features: {automaticUnchangedApproval: true, namespacedValidation: {mode: ignore}}
            """).Notes;

        foreach (var expected in new[] { "insecureValidateOnly", "automaticUnchangedApproval", "automaticChildApproval", "webhook=ignore", "the credentials of 'default'", "the certificate of the registry", "compared from the registry on" })
        {
            Assert.Contains(notes, n => n.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("", "default")]
    [InlineData("trustRoot: bob", "bob")]
    [InlineData("trustRoot: \"*\"", "{allOf: [default, bob, eve]}")]
    [InlineData("trustRoot: \"*\", threshold: 0", "{allOf: [default, bob, eve]}")]
    [InlineData("trustRoot: \"*\", threshold: 1", "{anyOf: [default, bob, eve]}")]
    [InlineData("trustRoot: \"*\", threshold: 2", "{atLeast: {count: 2, of: [default, bob, eve]}}")]
    [InlineData("trustRoot: \"*\", threshold: 3", "{allOf: [default, bob, eve]}")]
    [InlineData("trustRoot: \"*\", required: [bob]", "bob")]
    [InlineData("trustRoot: \"*\", required: [bob, eve], threshold: 2", "{allOf: [bob, eve]}")]
    [InlineData("trustRoot: \"*\", required: [bob], threshold: 2", "{allOf: [bob, {atLeast: {count: 2, of: [default, bob, eve]}}]}")]
    public void Import_TrustRootsOfARule_AreRequired(string with, string expected)
    {
        var written = ImportCases.Written(ImportSource.Connaisseur, Keys($"{with}{(with.Length > 0 ? ", " : "")}verifyInTransparencyLog: false"));

        Assert.Contains("require: " + expected.Replace("default", "v-default", StringComparison.Ordinal).Replace("bob", "v-bob", StringComparison.Ordinal).Replace("eve", "v-eve", StringComparison.Ordinal) + "\n", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trustRoot: nobody", "the trust root 'nobody'")]
    [InlineData("trustRoot: \"*\", required: [nobody]", "the trust root 'nobody'")]
    [InlineData("trustRoot: \"*\", threshold: 4", "a threshold of 4 with 3 trust roots")]
    [InlineData("threshold: 2", "with one trust root")]
    [InlineData("required: [bob]", "with one trust root")]
    [InlineData("delegations: [bob]", "'delegations', which cannot be kept exactly")]
    [InlineData("verificationLevel: audit", "'verificationLevel', which cannot be kept exactly")]
    [InlineData("trust_root: bob", "the unknown key 'trust_root'")]
    public void Import_OptionsThatCannotBeKept_AreRefused(string with, string found)
    {
        var error = Assert.Single(ImportCases.Errors(ImportSource.Connaisseur, Keys(with)));

        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Equal("a.yaml", error.Position.File);
        Assert.NotEqual(0, error.Position.Line);
    }

    [Fact]
    public void Import_OneKeyInTwoTrustRoots_IsNotCountedTwice()
    {
        var document = Keys("trustRoot: \"*\", threshold: 2").Replace(Inline(Policies.Three.PublicPem), Inline(Policies.Two.PublicPem), StringComparison.Ordinal);

        Assert.Contains("one key twice", Assert.Single(ImportCases.Errors(ImportSource.Connaisseur, document)).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_PrivateSigstore_IsATrustRoot()
    {
        var model = ImportCases.Model(ImportSource.Connaisseur, Identities("issuer: \"https://i.example\", subjectRegex: \"^https://github.com/org/\"", Host(ctLog: true)));

        var keyless = Assert.IsType<KeylessRequirement>(Assert.Single(model.Authorities).Requirement);
        Assert.Equal((1, 1, 1), (keyless.TrustRoot.CertificateAuthorities.Length, keyless.TrustRoot.TransparencyLogs.Length, keyless.TrustRoot.CertificateLogs.Length));
        Assert.Equal((false, true), (keyless.AcceptBundle, keyless.AcceptLegacy));
        var identity = Assert.Single(keyless.Identities);
        Assert.True(identity.Subject.Matches("https://github.com/org/app"));
        Assert.False(identity.Subject.Matches("https://evil.example/https://github.com/org/app"));
    }

    [Fact]
    public void Import_PrivateSigstoreWithoutSct_HasNoCertificateLog()
    {
        var model = ImportCases.Model(ImportSource.Connaisseur, Identities("issuer: \"https://i.example\", subject: me", Host(ctLog: false), "verifySCT: false"));

        Assert.Empty(Assert.IsType<KeylessRequirement>(Assert.Single(model.Authorities).Requirement).TrustRoot.CertificateLogs);
    }

    [Theory]
    [InlineData("", "verifyInTransparencyLog: false", "'verifyInTransparencyLog: false' with an identity")]
    [InlineData("", "verifySCT: false", "'verifySCT: false' with the public Sigstore")]
    [InlineData("host: {ctLogPubkey: \"x\"}", "", "of which only a part is given")]
    [InlineData("host: {rekorPubkey: \"x\"}", "", "of which only a part is given")]
    [InlineData("host: {rekorPubkey: \"x\", fulcioCert: \"y\"}", "", "of which only a part is given")]
    public void Import_SigstoreThatCannotBeKept_IsRefused(string host, string with, string found) =>
        Assert.Contains(found, Assert.Single(ImportCases.Errors(ImportSource.Connaisseur, Identities("issuer: i, subject: s", host, with))).Found, StringComparison.Ordinal);

    [Theory]
    [InlineData("key: \"k8s://ns/cosign\"", "kept elsewhere")]
    [InlineData("key: \"gcpkms://projects/p\"", "kept elsewhere")]
    [InlineData("cert: \"c\"", "without a key and without an identity")]
    [InlineData("keyless: {issuer: i}", "neither 'subject' nor 'subjectRegex'")]
    [InlineData("keyless: {issuer: i, issuerRegex: j, subject: s}", "both 'issuer' and 'issuerRegex'")]
    [InlineData("keyless: {issuer: i, subjectRegex: \"(?i)org\"}", "'(?' means other things")]
    [InlineData("key: k, cert: c", "a trust root with several of")]
    public void Import_TrustRootThatCannotBeKept_IsRefused(string trustRoot, string found) =>
        Assert.Contains(
            ImportCases.Errors(ImportSource.Connaisseur, $"validators: [{{name: default, type: cosign, trustRoots: [{{name: default, {trustRoot}}}]}}]\npolicy: [{{pattern: \"*:*\"}}]"),
            e => e.Found.Contains(found, StringComparison.Ordinal));

    [Theory]
    [InlineData("validators: [{name: a, type: gpg, trustRoots: []}]\npolicy: [{pattern: \"*:*\", validator: a}]", "a validator of type 'gpg'")]
    [InlineData("validators: [{name: a, type: static, approve: true}]\npolicy: [{pattern: \"*:*\"}]", "the validator 'default', which is not there")]
    [InlineData("validators: [{name: a, type: static, approved: true}]\npolicy: [{pattern: \"*:*\", validator: a}]", "the unknown key 'approved'")]
    [InlineData("validators: [{name: a, type: static, approve: true}]\npolicy: [{pattern: \"*:*\", validator: a}]\nfeatures: {namespacedValidation: {mode: validate}}", "'namespacedValidation: {mode: validate}', which cannot be kept")]
    [InlineData("validators: [{name: a, type: static, approve: true}]\npolicy: [{pattern: \"*:*\", validator: a}]\nfeatures: {newFeature: true}", "the unknown key 'newFeature'")]
    [InlineData("validators: [{name: a, type: static, approve: true}]\npolicy: [{pattern: \"*:*\", validator: a}]\n---\nvalidators: []", "a second document")]
    public void Import_DocumentThatCannotBeKept_IsRefused(string document, string found) =>
        Assert.Contains(ImportCases.Errors(ImportSource.Connaisseur, document), e => e.Found.Contains(found, StringComparison.Ordinal));

    [Fact]
    public void Read_NotationValidator_IsMappedInFull()
    {
        var policy = Map("""
            validators: [{name: v, type: notation, trustRoots: [{name: default, cert: "CERT", tsCert: "STAMP"}, {name: other, cert: "OTHER"}]}]
            policy:
              - {pattern: "ghcr.io/a/*:*", validator: v}
              - {pattern: "ghcr.io/b/*:*", validator: v, with: {trustRoot: "*", verificationLevel: permissive, verifyTimestamp: afterCertExpiry}}
              - {pattern: "ghcr.io/c/*:*", validator: v, with: {trustRoot: other, verificationLevel: audit}}
            """);

        var authorities = policy.Authorities.OfType<NativeAuthority.Notation>().ToArray();
        Assert.Equal([("strict", "always"), ("permissive", "afterCertExpiry"), ("audit", null)], authorities.Select(a => (a.Level, a.VerifyTimestamp)));
        Assert.Equal(["CERT", "STAMP"], authorities[0].TrustStores.SelectMany(s => s.Certificates).Select(c => c.Pem));
        Assert.Equal(["CERT", "OTHER", "STAMP"], authorities[1].TrustStores.SelectMany(s => s.Certificates).Select(c => c.Pem));
        Assert.Equal(["ca"], authorities[2].TrustStores.Select(s => s.Type));
        Assert.All(authorities, a => Assert.Equal(["*"], a.TrustedIdentities.ToArray()));
    }

    [Fact]
    public void Read_NotaryValidator_IsMappedInFull()
    {
        var policy = Map("""
            validators:
              - {name: hub, type: notaryv1, trustRoots: [{name: default, key: "KEY"}, {name: sse, key: "OTHER"}]}
              - {name: own, type: notaryv1, host: notary.corp.example, trustRoots: [{name: default, key: "KEY"}]}
            policy:
              - {pattern: "docker.io/library/*:*", validator: hub}
              - {pattern: "docker.io/securesystemsengineering/*:*", validator: hub, with: {trustRoot: sse, delegations: [alice, targets/bob]}}
              - {pattern: "registry.corp.example/*:*", validator: own, with: {trustRoot: "*"}}
            """);

        var authorities = policy.Authorities.OfType<NativeAuthority.Notary>().ToArray();
        Assert.Equal(["https://notary.docker.io", "https://notary.docker.io", "https://notary.corp.example"], authorities.Select(a => a.Server));
        Assert.Equal(["KEY", "OTHER", "KEY"], authorities.Select(a => Assert.Single(a.RootKeys).Pem));
        Assert.Equal(["targets/alice", "targets/bob"], authorities[1].Delegations.ToArray());
    }

    [Theory]
    [InlineData("{name: v, type: notation, trustRoots: [{name: default, key: k}]}", "", "without a certificate")]
    [InlineData("{name: v, type: notaryv1, trustRoots: [{name: default, cert: c}]}", "", "without a key")]
    [InlineData("{name: v, type: notaryv1, trustRoots: [{name: default, key: k}, {name: two, key: k}]}", "with: {trustRoot: \"*\"}", "all 2 root keys")]
    [InlineData("{name: v, type: notaryv1, trustRoots: [{name: default, key: k}]}", "with: {threshold: 2}", "'threshold', which cannot be kept")]
    [InlineData("{name: v, type: notation, trustRoots: [{name: default, cert: c}]}", "with: {verificationLevel: skip}", "'skip'")]
    public void Read_NotationOrNotaryThatCannotBeKept_IsRefused(string validator, string with, string found)
    {
        var text = $"validators: [{validator}]\npolicy: [{{pattern: \"ghcr.io/a/*:*\", validator: v{(with.Length > 0 ? ", " + with : "")}}}]";

        var (_, context) = ImportCases.Map(new ConnaisseurImport(), ImportCases.File("values.yaml", text));

        Assert.Contains(context.Errors.ToSorted(), e => e.Found.Contains(found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("notation", "cert")]
    [InlineData("notaryv1", "key")]
    public void Import_NotationAndNotary_AreRefusedByThisVersionsLoader(string type, string key)
    {
        var errors = ImportCases.Errors(
            ImportSource.Connaisseur, $"validators: [{{name: v, type: {type}, trustRoots: [{{name: default, {key}: k}}]}}]\npolicy: [{{pattern: \"ghcr.io/a/*:*\", validator: v}}]");

        Assert.Contains("which is not supported by this version", Assert.Single(errors).Found, StringComparison.Ordinal);
    }

    private static NativePolicy Map(string text)
    {
        var (policy, context) = ImportCases.Map(new ConnaisseurImport(), ImportCases.File("values.yaml", text));
        Assert.Empty(context.Errors.ToSorted());
        return policy;
    }

    private static string Keys(string with) =>
        $"validators:\n  - name: v\n    type: cosign\n    trustRoots:\n"
        + string.Concat(new[] { ("default", Policies.One), ("bob", Policies.Two), ("eve", Policies.Three) }.Select(t => $"      - {{name: {t.Item1}, key: {Inline(t.Item2.PublicPem)}}}\n"))
        + $"policy:\n  - {{pattern: \"ghcr.io/org/*:*\", validator: v, with: {{{with}}}}}\n";

    private static string Identities(string identity, string host = "", string with = "") =>
        $"validators:\n  - {{name: default, type: cosign, trustRoots: [{{name: default, keyless: {{{identity}}}}}]{(host.Length > 0 ? ", " + host : "")}}}\n"
        + $"policy:\n  - {{pattern: \"ghcr.io/org/*:*\", with: {{{with}}}}}\n";

    private static string Host(bool ctLog) =>
        $"host: {{rekor: \"https://rekor.corp.example\", rekorPubkey: {Inline(Policies.One.PublicPem)}, fulcioCert: {Inline(TrustFiles.ChainPem)}{(ctLog ? $", ctLogPubkey: {Inline(Policies.Two.PublicPem)}" : "")}}}";

    private static string Inline(string? pem = null) => "\"" + (pem ?? Policies.One.PublicPem).Trim().ReplaceLineEndings("\\n") + "\"";
}
