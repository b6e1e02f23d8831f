using System.Text;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests;

/// <summary>The <c>trustRoots</c> of a policy: what they become, and what is wrong with them.</summary>
public sealed class TrustRootLoadTests
{
    private const string Identities = "identities: [{issuer: i, subject: s}]";

    /// <summary>The public instance needs no file: its root is pinned as delivered, and so is what it trusts until something was fetched.</summary>
    [Fact]
    public void Load_PublicGoodFromAMirror_StartsFromWhatIsBuiltIn()
    {
        const string Text = "trustRoots: [{name: public-good, tuf: {mirror: \"https://tuf.example/\"}}]\n";
        var fetched = TrustFiles.Json(logs: 2);

        var delivered = Assert.Single(Policies.Of(Text + Keyless("public-good")).TrustRoots);
        var refreshed = Policies.LoadWith(new Policies.KeyFiles(Fetched: fetched), Policies.Head + Text + Keyless("public-good")).Model!;

        Assert.Equal("built-in tuf root", Encoding.UTF8.GetString(delivered.Tuf!.Root.Span));
        Assert.Equal(Digest.Of(TrustFiles.Json()), delivered.TrustRoot.Revision);
        Assert.Equal(Digest.Of(fetched), Assert.Single(refreshed.TrustRoots).TrustRoot.Revision);
    }

    [Fact]
    public void Load_TrustedRootFile_IsReadAndFoundByName()
    {
        var model = Policies.Of("trustRoots: [{name: r, trustedRoot: root.json}]\n" + Keyless("r"));

        var root = Assert.Single(model.TrustRoots);
        Assert.Equal("r", root.Name);
        Assert.Null(root.Tuf);
        Assert.Null(root.TrustRoot.Problem);
        Assert.Same(root.TrustRoot, Requirement(model).TrustRoot);
    }

    [Fact]
    public void Load_PublicGoodThatIsNotDefined_IsTheBuiltInOne()
    {
        var model = Policies.Of(Keyless("public-good"));

        Assert.Equal("public-good", Assert.Single(model.TrustRoots).Name);
        Assert.Equal(Digest.Of(TrustFiles.Json()), Requirement(model).TrustRoot.Revision);
    }

    [Fact]
    public void Load_PublicGoodThatIsDefined_IsTheDefinedOne()
    {
        var model = Policies.Of("trustRoots: [{name: public-good, trustedRoot: two-logs.json}]\n" + Keyless("public-good"));

        Assert.Equal(2, Requirement(model).TrustRoot.TransparencyLogs.Length);
    }

    [Fact]
    public void Load_NobodyNamesPublicGood_ItIsNotRead() =>
        Assert.Empty(Policies.Of(Policies.Authorities).TrustRoots);

    [Fact]
    public void Load_BuiltInThatCannotBeParsed_IsAnError()
    {
        var result = Policies.LoadWith(new Policies.KeyFiles(BuiltIn: "{}"u8.ToArray()), Policies.Head + Keyless("public-good"));

        var error = Assert.Single(result.Errors);
        Assert.Contains("the built-in trust root 'public-good': not a trusted_root.json", error.Found, StringComparison.Ordinal);
        Assert.Equal("authorities[0].keyless.trustRoot", error.Position.Path);
    }

    [Fact]
    public void Load_TufThatWasNeverFetched_LoadsAndCannotBeUsed()
    {
        var model = Policies.Of("trustRoots: [{name: corp, tuf: {mirror: \"https://tuf.example/\", root: tuf-root.json}}]\n" + Keyless("corp"));

        var root = Assert.Single(model.TrustRoots);
        Assert.Equal(new Uri("https://tuf.example/"), root.Tuf!.Mirror);
        Assert.Equal("tuf-root.json", Encoding.UTF8.GetString(root.Tuf.Root.Span));
        Assert.Equal(Digest.Of("tuf-root.json"u8), root.Tuf.RootDigest);
        Assert.Equal(
            "the trust root 'corp' of https://tuf.example/ cannot be used: it was never fetched; run nodegate trust update corp, or wait for the daemon's refresh",
            Requirement(model).TrustRoot.Problem);
    }

    [Fact]
    public void Load_TufThatWasFetched_IsUsed()
    {
        var model = Fetched(TrustFiles.Json());

        Assert.Null(Requirement(model).TrustRoot.Problem);
        Assert.Equal(Digest.Of(TrustFiles.Json()), Requirement(model).TrustRoot.Revision);
    }

    [Fact]
    public void Load_TufThatServedNonsense_LoadsAndCannotBeUsed() =>
        Assert.Contains("not a trusted_root.json", Requirement(Fetched("{}"u8.ToArray())).TrustRoot.Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 1, "it came with 0 certificate authorities, of which 1 is needed")]
    [InlineData(1, 0, "it came with 0 transparency logs of different operators, of which 1 is needed")]
    public void Load_TufThatServedLessThanIsNeeded_LoadsAndIsUnusableForThisAuthorityAlone(int authorities, int logs, string problem)
    {
        var model = Fetched(TrustFiles.Json(authorities, logs));

        Assert.Null(Assert.Single(model.TrustRoots).TrustRoot.Problem);
        Assert.Equal(
            $"the trust root 'corp' of https://tuf.example/ cannot be used: {problem}; run nodegate trust update corp, or wait for the daemon's refresh",
            Requirement(model).TrustRoot.Problem);
        var warning = Assert.Single(PolicyLinter.Lint(model, Policies.Now), w => w.Code == PolicyWarningCode.TrustRootLacks);
        Assert.Contains(problem, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lint_TufThatWasNeverFetched_IsNoFaultOfThePolicy() =>
        Assert.DoesNotContain(
            PolicyLinter.Lint(Policies.Of("trustRoots: [{name: corp, tuf: {mirror: \"https://tuf.example/\", root: tuf-root.json}}]\n" + Keyless("corp")), Policies.Now),
            w => w.Code == PolicyWarningCode.TrustRootLacks);

    [Theory]
    [InlineData("trustRoots: [{name: r, trustedRoot: root.json}]", "root.json")]
    [InlineData("trustRoots: [{name: r, tuf: {mirror: \"https://tuf.example/\", root: tuf-root.json}}]", "TUF repository https://tuf.example/")]
    [InlineData("trustRoots: [{name: r, sigstore: {certificateLogs: [{key: one.pub, url: u}]}}]", "parts named at a.yaml:4:")]
    [InlineData("authorities: [{name: a, keyless: {trustRoot: public-good, identities: [{issuer: i, subject: s}]}}]", "built in")]
    public void Load_EachKindOfTrustRoot_SaysItsSource(string body, string source) =>
        Assert.StartsWith(source, Assert.Single(Policies.Of(body + "\n").TrustRoots).Source, StringComparison.Ordinal);

    [Fact]
    public void Load_PrivateSigstoreFromParts_HasThem()
    {
        var model = Policies.Of(
            """
            trustRoots:
              - name: corp
                sigstore:
                  certificateAuthorities: [{certificates: chain.pem, uri: "https://fulcio.corp.example", validFrom: 2026-01-01T00:00:00Z, validUntil: 2027-01-01T00:00:00Z}]
                  certificateLogs: [{key: one.pub, url: "https://ct.corp.example"}]
                  transparencyLogs:
                    - {key: two.pub, url: "https://rekor.corp.example", operator: corp, validFrom: 2026-01-01T00:00:00Z}
                    - {key: three.pub, url: "https://rekor.other.example", validFrom: 2026-01-01T00:00:00Z}
                  timestampAuthorities: [{certificates: root.pem, uri: "https://tsa.corp.example"}]

            """ + Keyless("corp", "logThreshold: 2, requireTimestamp: true"));

        var root = Requirement(model).TrustRoot;
        Assert.Equal("https://fulcio.corp.example", Assert.Single(root.CertificateAuthorities).Uri);
        Assert.Equal("from 2026-01-01T00:00:00Z to 2027-01-01T00:00:00Z", root.CertificateAuthorities[0].ValidFor.ToString());
        Assert.Equal(ValidityPeriod.Always, Assert.Single(root.CertificateLogs).ValidFor);
        Assert.Equal(["corp", "rekor.other.example"], root.TransparencyLogs.Select(l => l.Operator));
        Assert.Single(root.TimestampAuthorities);
    }

    [Theory]
    [InlineData("[text]", "[0]", "'text'", "a trust root: {name")]
    [InlineData("[{name: r}]", "[0]", "a trust root without content", "exactly one of 'trustedRoot: FILE'")]
    [InlineData("[{name: r, trustedRoot: root.json, sigstore: {certificateLogs: [{key: one.pub, url: u}]}}]", "[0]", "'trustedRoot' and 'sigstore'", "exactly one of")]
    [InlineData("[{trustedRoot: root.json}]", "[0]", "no 'name'", "by which authorities name it")]
    [InlineData("[{name: r, trustedroot: root.json, trustedRoot: root.json}]", "[0].trustedroot", "unknown key", "'trustedRoot'?")]
    [InlineData("[{name: r, trustedRoot: gone.json}]", "[0].trustedRoot", "'gone.json', which cannot be read: no such file", "a readable trusted_root.json")]
    [InlineData("[{name: r, trustedRoot: one.pub}]", "[0].trustedRoot", "the file 'one.pub': not a trusted_root.json: not strict JSON", "a readable trusted_root.json")]
    [InlineData("[{name: r, trustedRoot: root.json}, {name: r, trustedRoot: root.json}]", "[1].name", "a second trust root 'r'", "the first one is at a.yaml:4")]
    [InlineData("[{name: r, tuf: {root: tuf-root.json}}]", "[0].tuf", "no 'mirror'", "the address of a TUF repository")]
    [InlineData("[{name: r, tuf: {mirror: \"https://t.example\"}}]", "[0].tuf", "no 'root'", "from where all trust starts")]
    [InlineData("[{name: r, tuf: {mirror: \"ftp://t.example\", root: tuf-root.json}}]", "[0].tuf.mirror", "'ftp://t.example'", "the address of a TUF repository")]
    [InlineData("[{name: r, tuf: {mirror: \"https://u:p@t.example\", root: tuf-root.json}}]", "[0].tuf.mirror", "t.example", "the address of a TUF repository")]
    [InlineData("[{name: r, tuf: {mirror: t.example, root: tuf-root.json}}]", "[0].tuf.mirror", "'t.example'", "the address of a TUF repository")]
    [InlineData("[{name: r, tuf: {mirror: \"https://t.example\", root: gone.json}}]", "[0].tuf.root", "'gone.json', which cannot be read", "root.json")]
    [InlineData("[{name: r, sigstore: {}}]", "[0].sigstore", "an empty mapping", "one of them at least")]
    [InlineData("[{name: r, sigstore: {certificateLogs: []}}]", "[0].sigstore.certificateLogs", "an empty list", "a list of {key: FILE")]
    [InlineData("[{name: r, sigstore: {rekor: []}}]", "[0].sigstore.rekor", "unknown key", "one of certificateAuthorities")]
    [InlineData("[{name: r, sigstore: {certificateLogs: [{key: one.pub}]}}]", "[0].sigstore.certificateLogs[0]", "no 'url'", "it is never contacted")]
    [InlineData("[{name: r, sigstore: {certificateLogs: [{url: u}]}}]", "[0].sigstore.certificateLogs[0]", "no 'key'", "the log's public key")]
    [InlineData("[{name: r, sigstore: {certificateLogs: [{key: one.pub, url: u, operator: o}]}}]", "[0].sigstore.certificateLogs[0].operator", "unknown key", "one of key, url")]
    [InlineData("[{name: r, sigstore: {certificateLogs: [{key: private.key, url: u}]}}]", "[0].sigstore.certificateLogs[0].key", "this is a private key", "one public key")]
    [InlineData("[{name: r, sigstore: {certificateLogs: [{key: gone.pub, url: u}]}}]", "[0].sigstore.certificateLogs[0].key", "no such file", "a readable file")]
    [InlineData("[{name: r, sigstore: {transparencyLogs: [{key: one.pub, url: u}]}}]", "[0].sigstore.transparencyLogs[0]", "no 'validFrom'", "long retired key")]
    [InlineData("[{name: r, sigstore: {transparencyLogs: [{key: one.pub, url: u, validFrom: soon}]}}]", "[0].sigstore.transparencyLogs[0].validFrom", "'soon'", "2026-01-31T12:00:00Z")]
    [InlineData("[{name: r, sigstore: {transparencyLogs: [{key: one.pub, url: u, validFrom: 2026-01-02T00:00:00Z, validUntil: 2026-01-01T00:00:00Z}]}}]", "[0].sigstore.transparencyLogs[0].validUntil", "no time in it", "after 'validFrom'")]
    [InlineData("[{name: r, sigstore: {transparencyLogs: [{key: one.pub, url: u, validFrom: 2026-01-01T00:00:00Z}, {key: one.pub, url: v, validFrom: 2026-01-01T00:00:00Z}]}}]", "[0].sigstore", "two transparency logs with the same key", "each of its parts once")]
    [InlineData("[{name: r, sigstore: {certificateAuthorities: [{certificates: reversed.pem, uri: u}]}}]", "[0].sigstore.certificateAuthorities[0].certificates", "was not issued by", "the trust anchor last")]
    [InlineData("[{name: r, sigstore: {certificateAuthorities: [{certificates: one.pub, uri: u}]}}]", "[0].sigstore.certificateAuthorities[0].certificates", "not PEM of certificates", "certificates in PEM")]
    [InlineData("[{name: r, sigstore: {timestampAuthorities: [{certificates: gone.pem, uri: u}]}}]", "[0].sigstore.timestampAuthorities[0].certificates", "no such file", "certificates in PEM")]
    public void Load_FaultInATrustRoot_IsToldWithPlaceFoundAndExpected(string trustRoots, string path, string found, string expected)
    {
        var error = Policies.ErrorOf($"trustRoots: {trustRoots}\n");

        Assert.Equal("trustRoots" + path, error.Position.Path);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BrokenTrustRootThatIsUsed_IsToldOnce()
    {
        var error = Policies.ErrorOf("trustRoots: [{name: r, trustedRoot: gone.json}]\n" + Keyless("r"));

        Assert.Equal("trustRoots[0].trustedRoot", error.Position.Path);
    }

    [Fact]
    public void Load_TrustRootOfAnotherDocument_IsFound()
    {
        var model = Policies.Model(Policies.Head + Keyless("r"), Policies.Head + "trustRoots: [{name: r, trustedRoot: root.json}]\n");

        Assert.Single(model.TrustRoots);
    }

    private static string Keyless(string trustRoot, string more = "requireLog: true") =>
        $"authorities: [{{name: a, keyless: {{trustRoot: {trustRoot}, {Identities}, {more}}}}}]\n";

    private static KeylessRequirement Requirement(PolicyModel model) => Assert.IsType<KeylessRequirement>(Assert.Single(model.Authorities).Requirement);

    private static PolicyModel Fetched(byte[] content)
    {
        var result = Policies.LoadWith(
            new Policies.KeyFiles(Fetched: content),
            Policies.Head + "trustRoots: [{name: corp, tuf: {mirror: \"https://tuf.example\", root: tuf-root.json}}]\n" + Keyless("corp"));
        Assert.True(result.IsLoaded, string.Join('\n', result.Errors));
        return result.Model;
    }
}
