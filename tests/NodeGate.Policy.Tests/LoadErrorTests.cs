using System.Text;

namespace NodeGate.Policy.Tests;

/// <summary>Every error path: where, what was found, what was expected. The body begins in line 4 of the file.</summary>
public sealed class LoadErrorTests
{
    private const string Rule = "{name: r, images: [nginx], require: {anyOf: [one]}}";

    [Theory]
    [InlineData("mode: strict\n", 4, "mode", "'strict'", "'enforce' or 'audit'")]
    [InlineData("mode: [enforce]\n", 4, "mode", "a list", "'enforce' or 'audit'")]
    [InlineData("mode:\n", 4, "mode", "nothing", "'enforce' or 'audit'")]
    [InlineData("unmatched: permit\n", 4, "unmatched", "'permit'", "'deny' or 'allow'")]
    [InlineData("rulez: []\n", 4, "rulez", "unknown key 'rulez'", "'rules'? Known keys are apiVersion")]
    [InlineData("xyzzy: 1\n", 4, "xyzzy", "unknown key 'xyzzy'", "one of apiVersion")]
    [InlineData("rules: {}\n", 4, "rules", "an empty mapping", "a list of rules")]
    [InlineData("rules: all\n", 4, "rules", "'all'", "a list of rules")]
    [InlineData("authorities: 3\n", 4, "authorities", "'3'", "a list of authorities")]
    [InlineData("rules: [text]\n", 4, "rules[0]", "'text'", "a rule: {name")]
    [InlineData("authorities: [text]\n", 4, "authorities[0]", "'text'", "an authority: {name")]
    [InlineData("exceptions: none\n", 4, "exceptions", "'none'", "a list of exceptions")]
    [InlineData("grace: yes\n", 4, "grace", "'yes'", "'allow' or 'deny'")]
    [InlineData("sandboxImage: deny\n", 4, "sandboxImage", "'deny'", "'observe' or 'enforce'")]
    [InlineData("rules: [{images: [nginx], deny: {reason: r}}]\n", 4, "rules[0]", "no 'name'", "'name: …'")]
    [InlineData("rules: [{name: a b, images: [nginx], deny: {reason: r}}]\n", 4, "rules[0].name", "'a b'", "letters, digits")]
    [InlineData("rules: [{name: r, deny: {reason: r}}]\n", 4, "rules[0]", "no 'images'", "a list of patterns")]
    [InlineData("rules: [{name: r, images: [], deny: {reason: r}}]\n", 4, "rules[0].images", "an empty list", "a list of patterns")]
    [InlineData("rules: [{name: r, images: nginx, deny: {reason: r}}]\n", 4, "rules[0].images", "'nginx'", "a list of patterns")]
    [InlineData("rules: [{name: r, images: [{}], deny: {reason: r}}]\n", 4, "rules[0].images[0]", "an empty mapping", "a pattern")]
    [InlineData("rules: [{name: r, images: [nginx, \"*\"], deny: {reason: r}}]\n", 4, "rules[0].images[1]", "'*'", "'**' for every image")]
    [InlineData("rules: [{name: r, images: [nginx, docker.io/nginx], deny: {reason: r}}]\n", 4, "rules[0].images[1]", "a second time", "each pattern once")]
    [InlineData("rules: [{name: r, images: [nginx]}]\n", 4, "rules[0]", "a rule that does nothing", "exactly one of 'require', 'allow' and 'deny'")]
    [InlineData("rules: [{name: r, images: [nginx], allow: {reason: r}, deny: {reason: r}}]\n", 4, "rules[0]", "'allow' and 'deny'", "exactly one of")]
    [InlineData("rules: [{name: r, images: [nginx], allow: {}}]\n", 4, "rules[0].allow", "no 'reason'", "why, in one sentence")]
    [InlineData("rules: [{name: r, images: [nginx], allow: true}]\n", 4, "rules[0].allow", "'true'", "{reason: …}")]
    [InlineData("rules: [{name: r, images: [nginx], deny: {reason: \"a\\nb\"}}]\n", 4, "rules[0].deny.reason", "several lines", "on one line")]
    [InlineData("rules: [{name: r, images: [nginx], deny: {reason: ~}}]\n", 4, "rules[0].deny.reason", "nothing", "a sentence")]
    [InlineData("rules: [{name: r, images: [nginx], deny: {reason: r, code: 1}}]\n", 4, "rules[0].deny.code", "unknown key", "one of reason")]
    [InlineData("rules: [{name: r, images: [nginx], mode: off, deny: {reason: r}}]\n", 4, "rules[0].mode", "'off'", "'enforce' or 'audit'")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: {}, deny: {reason: r}}]\n", 4, "rules[0].namespaces", "an empty mapping", "one of them at least")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: [a], deny: {reason: r}}]\n", 4, "rules[0].namespaces", "a list", "{include")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: {include: []}, deny: {reason: r}}]\n", 4, "rules[0].namespaces.include", "an empty list", "a list of namespaces")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: {include: [Prod]}, deny: {reason: r}}]\n", 4, "rules[0].namespaces.include[0]", "'Prod'", "lower-case")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: {include: [a, a]}, deny: {reason: r}}]\n", 4, "rules[0].namespaces.include[1]", "'a'", "each namespace once")]
    [InlineData("rules: [{name: r, images: [nginx], namespaces: {exclude: [\"a**\"]}, deny: {reason: r}}]\n", 4, "rules[0].namespaces.exclude[0]", "'a**'", "'*' as its only wildcard")]
    [InlineData("rules: [{name: r, images: [nginx], signedRepository: ghcr.io/a, deny: {reason: r}}]\n", 4, "rules[0].signedRepository", "requires no signature", "together with 'require'")]
    [InlineData("rules: [{name: r, images: [nginx], attestations: [{type: t, by: [a]}], deny: {reason: r}}]\n", 4, "rules[0].attestations", "requires no signature", "together with 'require'")]
    [InlineData("rules: [{name: r, images: [nginx], requireDigest: true, deny: {reason: r}}]\n", 4, "rules[0].requireDigest", "denies everything", "'require' or 'allow'")]
    [InlineData("rules: [{name: r, images: [nginx], requireDigest: yes, allow: {reason: r}}]\n", 4, "rules[0].requireDigest", "'yes'", "'true' or 'false'")]
    [InlineData("rules: [{name: r, images: [nginx], platform: verify, allow: {reason: r}}]\n", 4, "rules[0].platform", "requires no signature", "together with 'require'")]
    [InlineData("rules: [{name: r, images: [nginx], grace: deny, deny: {reason: r}}]\n", 4, "rules[0].grace", "requires no signature", "together with 'require'")]
    [InlineData("rules: [{name: r, images: [nginx], signatureRepository: ghcr.io/a, allow: {reason: r}}]\n", 4, "rules[0].signatureRepository", "requires no signature", "together with 'require'")]
    [InlineData("rules: [{name: r, image: [nginx], images: [nginx], deny: {reason: r}}]\n", 4, "rules[0].image", "unknown key 'image'", "'images'?")]
    [InlineData("authorities: [{cosign: {keys: [{file: one.pub}]}}]\n", 4, "authorities[0]", "no 'name'", "by which rules name it")]
    [InlineData("authorities: [{name: a}]\n", 4, "authorities[0]", "neither 'cosign' nor 'keyless'", "exactly one of")]
    [InlineData("authorities: [{name: a, notation: {}}]\n", 4, "authorities[0].notation", "not supported by this version", "'cosign' or 'keyless'")]
    [InlineData("authorities: [{name: a, notary: {}}]\n", 4, "authorities[0].notary", "not supported by this version", "'cosign' or 'keyless'")]
    [InlineData("authorities: [{name: a, cosgin: {}, cosign: {keys: [{file: one.pub}]}}]\n", 4, "authorities[0].cosgin", "unknown key", "'cosign'?")]
    [InlineData("authorities: [{name: a, cosign: {}}]\n", 4, "authorities[0].cosign", "no 'keys'", "any of which may sign")]
    [InlineData("authorities: [{name: a, cosign: {keys: []}}]\n", 4, "authorities[0].cosign.keys", "an empty list", "a list of keys")]
    [InlineData("authorities: [{name: a, cosign: {keys: [one.pub]}}]\n", 4, "authorities[0].cosign.keys[0]", "'one.pub'", "{file: …} or {pem: …}")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{}]}}]\n", 4, "authorities[0].cosign.keys[0]", "neither 'file' nor 'pem'", "{file: …} or {pem: …}")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub, pem: x}]}}]\n", 4, "authorities[0].cosign.keys[0]", "both 'file' and 'pem'", "{file: …} or {pem: …}")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: gone.pub}]}}]\n", 4, "authorities[0].cosign.keys[0].file", "'gone.pub', which cannot be read: no such file", "a readable file")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: private.key}]}}]\n", 4, "authorities[0].cosign.keys[0].file", "this is a private key", "one public key")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{pem: hello}]}}]\n", 4, "authorities[0].cosign.keys[0].pem", "this is not PEM", "pem: |")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub}], formats: []}}]\n", 4, "authorities[0].cosign.formats", "an empty list", "or no 'formats' for both")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub}], formats: [sig]}}]\n", 4, "authorities[0].cosign.formats[0]", "'sig'", "'bundle' or 'legacy'")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub}], formats: [bundle, bundle]}}]\n", 4, "authorities[0].cosign.formats[1]", "'bundle'", "each format once")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub}], annotations: {}}}]\n", 4, "authorities[0].cosign.annotations", "an empty mapping", "{env: prod}")]
    [InlineData("authorities: [{name: a, cosign: {keys: [{file: one.pub}], annotations: {env: [x]}}}]\n", 4, "authorities[0].cosign.annotations.env", "a list", "as a text")]
    public void Load_OneFault_IsToldWithPlaceFoundAndExpected(string body, int line, string path, string found, string expected)
    {
        var error = Policies.ErrorOf(body);

        Assert.Equal("a.yaml", error.Position.File);
        Assert.Equal(line, error.Position.Line);
        Assert.True(error.Position.Column > 0);
        Assert.Equal(path, error.Position.Path);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "", "an empty mapping", "the name of an authority, or exactly one of")]
    [InlineData("[one]", "", "a list", "the name of an authority, or exactly one of")]
    [InlineData("oen", "", "unknown authority 'oen'", "'one'?")]
    [InlineData("nobody", "", "unknown authority 'nobody'", "one, team, three, two")]
    [InlineData("{anyOf: [one], allOf: [two]}", "", "'anyOf' and 'allOf'", "exactly one of")]
    [InlineData("{anyof: [one]}", ".anyof", "unknown key 'anyof'", "'anyOf'?")]
    [InlineData("{anyOf: []}", ".anyOf", "an empty list", "one at least")]
    [InlineData("{allOf: []}", ".allOf", "an empty list", "one at least")]
    [InlineData("{allOf: one}", ".allOf", "'one'", "one at least")]
    [InlineData("{anyOf: [one, {allOf: [nobody]}]}", ".anyOf[1].allOf[0]", "unknown authority", "the name of an authority")]
    [InlineData("{anyOf: [one, ~]}", ".anyOf[1]", "nothing", "the name of an authority")]
    [InlineData("{atLeast: [one]}", ".atLeast", "a list", "{count: …, of: […]}")]
    [InlineData("{atLeast: {of: [one]}}", ".atLeast", "no 'count'", "how many distinct signers")]
    [InlineData("{atLeast: {count: 1}}", ".atLeast", "no 'of'", "whose signers are counted")]
    [InlineData("{atLeast: {count: 0, of: [one]}}", ".atLeast.count", "'0'", "a whole number from 1")]
    [InlineData("{atLeast: {count: -1, of: [one]}}", ".atLeast.count", "'-1'", "a whole number from 1")]
    [InlineData("{atLeast: {count: \"2\", of: [one, two]}}", ".atLeast.count", "'2'", "without quotes")]
    [InlineData("{atLeast: {count: 99999999999, of: [one]}}", ".atLeast.count", "'99999999999'", "a whole number from 1")]
    [InlineData("{atLeast: {count: 1, of: []}}", ".atLeast.of", "an empty list", "one at least")]
    [InlineData("{atLeast: {count: 2, of: [one]}}", "", "count 2, but only 1 distinct key", "a count of at most 1")]
    [InlineData("{atLeast: {count: 3, of: [one, two, team]}}", "", "count 3, but only 2 distinct keys", "the same key counts once")]
    [InlineData("{anyOf: [one, {atLeast: {count: 4, of: [team, {allOf: [three, one]}]}}]}", ".anyOf[1]", "only 3 distinct keys", "at most 3")]
    public void Load_FaultInRequire_IsToldWithPlaceFoundAndExpected(string require, string path, string found, string expected)
    {
        var error = Policies.ErrorOf(Policies.Authorities + $"rules: [{{name: r, images: [nginx], require: {require}}}]\n");

        Assert.Equal(9, error.Position.Line);
        Assert.Equal("rules[0].require" + path, error.Position.Path);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("platform", "linux/amd64", "'index' or 'verify'")]
    [InlineData("grace", "24h", "'allow' or 'deny'")]
    [InlineData("requireDigest", "1", "'true' or 'false'")]
    [InlineData("signedRepository", "[]", "the repository that signatures name")]
    [InlineData("signatureRepository", "[]", "the repository that signatures lie in")]
    [InlineData("signedRepository", "ghcr.io/org/app:v1", "a repository without tag, digest or wildcard")]
    [InlineData("signedRepository", "ghcr.io/org/*", "a repository without tag, digest or wildcard")]
    [InlineData("signatureRepository", "ghcr.io/org/app:v1", "a repository without tag, digest or wildcard")]
    [InlineData("signatureRepository", "ghcr.io/org/*", "a repository without tag, digest or wildcard")]
    [InlineData("signatureRepository", "ghcr.io/org/app@sha256:12", "a repository without tag, digest or wildcard")]
    [InlineData("signatureRepository", "ghcr.io/Org", "a repository without tag, digest or wildcard")]
    public void Load_FaultBesideRequire_IsToldWithPlaceAndExpected(string key, string value, string expected)
    {
        var text = value is "[]" ? value : $"\"{value}\"";
        var error = Policies.ErrorOf(Policies.Authorities + $"rules: [{{name: r, images: [nginx], {key}: {text}, require: one}}]\n");

        Assert.Equal("rules[0]." + key, error.Position.Path);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: ImagePolicy\nmetadata: {name: n}\n", "no 'apiVersion'")]
    [InlineData("apiVersion: nodegate.dev/v2\nkind: ImagePolicy\nmetadata: {name: n}\n", "'nodegate.dev/v2'")]
    [InlineData("apiVersion: nodegate.dev/v1\nmetadata: {name: n}\n", "no 'kind'")]
    [InlineData("apiVersion: nodegate.dev/v1\nkind: NodeGateConfig\nmetadata: {name: n}\n", "'NodeGateConfig'")]
    [InlineData("apiVersion: nodegate.dev/v1\nkind: ImagePolicy\n", "no 'metadata'")]
    [InlineData("apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {}\n", "no 'name'")]
    [InlineData("apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: n, labels: {}}\n", "unknown key 'labels'")]
    [InlineData("[]\n", "an empty list")]
    [InlineData("text\n", "'text'")]
    [InlineData("", "no document")]
    [InlineData("# only a comment\n---\n", "no document")]
    public void Load_HeadThatIsNone_IsRefused(string text, string found) =>
        Assert.Contains(found, Assert.Single(Policies.Load(text).Errors).Found, StringComparison.Ordinal);

    [Fact]
    public void Load_NoFile_IsAnErrorAndNeverAnEmptyPolicy()
    {
        var result = Policies.Load();

        Assert.False(result.IsLoaded);
        Assert.Equal("no policy file", Assert.Single(result.Errors).Found);
    }

    [Fact]
    public void Load_ManyFaultsInManyFiles_TellsAllInOrder()
    {
        var result = Policies.Load(
            Policies.Head + "mode: x\nrules:\n  - {name: r, images: [\"*\"], deny: {}}\n  - " + Rule + "\n",
            Policies.Head + "unmatched: x\n---\n" + Policies.Head + "foo: 1\n");

        Assert.Equal(
            ["a.yaml:4 mode", "a.yaml:6 rules[0].images[0]", "a.yaml:6 rules[0].deny", "a.yaml:7 rules[1].name", "a.yaml:7 rules[1].require.anyOf[0]", "b.yaml:4 unmatched", "b.yaml:9 foo"],
            result.Errors.Select(e => $"{e.Position.File}:{e.Position.Line} {e.Position.Path}"));
    }

    [Fact]
    public void Load_SecondAuthorityOfAName_IsRefusedAcrossFiles()
    {
        var file = Policies.Head + "authorities: [{name: a, cosign: {keys: [{file: one.pub}]}}]\n";

        var error = Assert.Single(Policies.Load(file, file).Errors);

        Assert.Equal("a second authority 'a'", error.Found);
        Assert.Equal("b.yaml", error.Position.File);
        Assert.Contains("a.yaml:4", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ContradictingUnmatched_IsRefused()
    {
        var error = Assert.Single(Policies.Load(Policies.Head + "unmatched: deny\n", Policies.Head + "unmatched: allow\n").Errors);

        Assert.Equal("b.yaml", error.Position.File);
        Assert.Contains("'unmatched: allow', but 'deny' at a.yaml:4", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Error_IsOneLineWithEverything() =>
        Assert.Equal("a.yaml:4:7: mode: found 'x'; expected 'enforce' or 'audit'", Policies.ErrorOf("mode: x\n").ToString());

    [Fact]
    public void Load_PrivateKeyInPlace_IsNotQuoted()
    {
        var error = Policies.ErrorOf("authorities: [{name: a, cosign: {keys: [{pem: \"-----BEGIN PRIVATE KEY-----\\nc2VjcmV0\\n-----END PRIVATE KEY-----\"}]}}]\n");

        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PrivateKeyWhereAnotherTextBelongs_IsNotQuoted()
    {
        var error = Policies.ErrorOf("mode: \"-----BEGIN PRIVATE KEY-----\\nc2VjcmV0\"\n");

        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PlainScalars_AreTexts()
    {
        var model = Policies.Of("rules: [{name: 1.0, images: [nginx], namespaces: {include: [123]}, deny: {reason: yes}}]\n");

        Assert.Equal("1.0", Assert.Single(model.Rules).Name);
        Assert.Equal("yes", Assert.IsType<RuleAction.Deny>(model.Rules[0].Action).Reason);
        Assert.Equal("1.0", model.Match(Policies.Ref("nginx"), null, "123", Policies.Now).Rule);
    }

    [Fact]
    public void Load_ByteOrderMark_IsSkipped() =>
        Assert.True(PolicyLoader.Load(
            [new PolicyFile("a.yaml", Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(Policies.Head)).ToArray())], new Policies.KeyFiles()).IsLoaded);
}
