namespace NodeGate.Policy.Tests;

/// <summary>What an entry of <c>exceptions</c> must have, and the keys that came with it.</summary>
public sealed class ExceptionLoadTests
{
    private const string Good = "{name: e, images: [\"ghcr.io/org/legacy@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: team-a, ticket: SEC-1}";

    [Fact]
    public void Load_Exception_HasAllThatIsWritten()
    {
        var exemption = Assert.Single(Policies.Of(Exceptions(
            "{name: e, images: [\"nginx@DIGEST\"], namespaces: {include: [prod]}, expires: \"2026-12-31T01:00:00.5+01:00\", owner: team a, ticket: SEC-1}")).Exemptions);

        Assert.Equal(("e", "team a", "SEC-1"), (exemption.Name, exemption.Owner, exemption.Ticket));
        Assert.Equal([$"docker.io/library/nginx@{Policies.A}"], exemption.Images.AsEnumerable());
        Assert.Equal(new DateTimeOffset(2026, 12, 31, 0, 0, 0, 500, TimeSpan.Zero), exemption.Expires);
        Assert.Equal(TimeSpan.Zero, exemption.Expires.Offset);
        Assert.Equal("exceptions[0]", exemption.Position.Path);
    }

    [Theory]
    [InlineData("[]", "", "an empty list", "an exception: {name")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: o, reason: r}", ".reason", "unknown key", "one of name, images")]
    [InlineData("{images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: o}", "", "no 'name'", "by which decisions name it")]
    [InlineData("{name: a b, images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: o}", ".name", "'a b'", "letters, digits")]
    [InlineData("{name: e, expires: 2026-12-31T00:00:00Z, owner: o}", "", "no 'images'", "a list of patterns")]
    [InlineData("{name: e, images: [], expires: 2026-12-31T00:00:00Z, owner: o}", ".images", "an empty list", "a list of patterns")]
    [InlineData("{name: e, images: [\"a@DIGEST\", \"ghcr.io/org/b:v1\"], expires: 2026-12-31T00:00:00Z, owner: o}", ".images[1]", "'ghcr.io/org/b:v1' without a digest", "@sha256:…'")]
    [InlineData("{name: e, images: [\"ghcr.io/org/**\"], expires: 2026-12-31T00:00:00Z, owner: o}", ".images[0]", "without a digest", "an exception is for one image")]
    [InlineData("{name: e, images: [\"a@sha256:12\"], expires: 2026-12-31T00:00:00Z, owner: o}", ".images[0]", "'a@sha256:12'", "an exact digest after '@'")]
    [InlineData("{name: e, images: [\"a@DIGEST\", \"docker.io/a@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: o}", ".images[1]", "a second time", "each pattern once")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], owner: o}", "", "no 'expires'", "an exception without an end is a rule")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: never, owner: o}", ".expires", "'never'", "2026-01-31T12:00:00Z")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-12-31, owner: o}", ".expires", "'2026-12-31'", "RFC 3339")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00, owner: o}", ".expires", "'2026-12-31T00:00:00'", "RFC 3339")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-13-31T00:00:00Z, owner: o}", ".expires", "'2026-13-31T00:00:00Z'", "RFC 3339")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 30d, owner: o}", ".expires", "'30d'", "RFC 3339")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: ~, owner: o}", ".expires", "nothing", "RFC 3339")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00Z}", "", "no 'owner'", "who answers for it")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: }", ".owner", "nothing", "who answers for it")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: \"a\\nb\"}", ".owner", "several lines", "on one line")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], expires: 2026-12-31T00:00:00Z, owner: o, ticket: [a]}", ".ticket", "a list", "where it was agreed on")]
    [InlineData("{name: e, images: [\"a@DIGEST\"], namespaces: {}, expires: 2026-12-31T00:00:00Z, owner: o}", ".namespaces", "an empty mapping", "one of them at least")]
    public void Load_OneFault_IsToldWithPlaceFoundAndExpected(string exception, string path, string found, string expected)
    {
        var error = Policies.ErrorOf(Exceptions(exception));

        Assert.Equal("exceptions[0]" + path, error.Position.Path);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NameOfARuleOrOfAnotherException_IsRefusedAcrossFiles()
    {
        var rule = Policies.Head + "rules: [{name: e, images: [busybox], deny: {reason: r}}]\n";
        var first = Policies.Head + Exceptions(Good);
        var second = Policies.Head + Exceptions(Good.Replace("legacy", "other", StringComparison.Ordinal));

        foreach (var files in new[] { new[] { rule, first }, [first, second] })
        {
            var error = Assert.Single(Policies.Load(files).Errors);

            Assert.Equal("a second rule or exception 'e'", error.Found);
            Assert.Equal("b.yaml: exceptions[0].name", $"{error.Position.File}: {error.Position.Path}");
            Assert.Contains("a.yaml:4", error.Expected, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("**@DIGEST", null, null, true)]
    [InlineData("ghcr.io/org/legacy@DIGEST", null, null, true)]
    [InlineData("ghcr.io/*/legacy@DIGEST", "prod", null, true)]
    [InlineData("**@DIGEST", "prod-*", "*-a", true)]
    [InlineData("**@DIGEST", "prod", "dev", false)]
    [InlineData("quay.io/**@DIGEST", null, null, false)]
    [InlineData("ghcr.io/org/**", null, null, false)]
    [InlineData("ghcr.io/org/legacy:v1", null, null, false)]
    public void Load_ExceptionForADigestThatARuleDenies_IsAContradiction(string denied, string? ruleNamespace, string? exceptionNamespace, bool contradicts)
    {
        var result = Policies.Load(Policies.Head + (
            $"rules: [{{name: bad, images: [\"{denied}\"]{Namespaces(ruleNamespace)}, deny: {{reason: r}}}}]\n"
            + Exceptions(Good.Replace(", expires", Namespaces(exceptionNamespace) + ", expires", StringComparison.Ordinal)))
            .Replace("DIGEST", Policies.A.ToString(), StringComparison.Ordinal));

        Assert.Equal(!contradicts, result.IsLoaded);
        if (contradicts)
        {
            var error = Assert.Single(result.Errors);
            Assert.Equal("exceptions[0].images", error.Position.Path);
            Assert.StartsWith($"an exception for 'ghcr.io/org/legacy@{Policies.A}', which rule 'bad' at a.yaml:4:", error.Found, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_OtherDigestOrRuleThatRequires_IsNoContradiction() => Policies.Of(Policies.Authorities + $$$"""
        rules:
          - {name: bad, images: ["**@{{{Policies.B}}}"], deny: {reason: r}}
          - {name: signed, images: ["**@{{{Policies.A}}}"], require: one}
        """ + "\n" + Exceptions(Good));

    [Theory]
    [InlineData("", "", false)]
    [InlineData("", "grace: allow, ", true)]
    [InlineData("grace: allow\n", "", true)]
    [InlineData("grace: allow\n", "grace: deny, ", false)]
    [InlineData("grace: deny\n", "grace: allow, ", true)]
    public void Load_Grace_IsTheRulesOwnOrItsDocuments(string document, string rule, bool expected)
    {
        var model = Policies.Of(document + Policies.Authorities + $"rules: [{{name: r, images: [nginx], {rule}require: one}}, {{name: s, images: [busybox], allow: {{reason: r}}}}]\n");

        Assert.Equal([expected, false], model.Rules.Select(r => r.AllowsGrace));
        Assert.Equal(expected, model.Match(Policies.Ref("nginx"), null, null, Policies.Now).AllowsGrace);
    }

    [Fact]
    public void Load_KeysOfARule_AreInItsMatch()
    {
        var model = Policies.Of(Policies.Authorities
            + "rules: [{name: r, images: [nginx], require: one, requireDigest: true, platform: verify, signatureRepository: sigs, signedRepository: ghcr.io/org/app}]\n");

        var match = model.Match(Policies.Ref("nginx"), null, null, Policies.Now);

        Assert.True(match.RequiresDigest);
        Assert.True(match.VerifiesPlatform);
        Assert.Equal("docker.io/library/sigs", match.SignatureRepository);
        Assert.Equal("ghcr.io/org/app", match.SignedRepository);
    }

    [Theory]
    [InlineData(SandboxImageMode.Observe, "", "")]
    [InlineData(SandboxImageMode.Observe, "sandboxImage: observe\n", "")]
    [InlineData(SandboxImageMode.Enforce, "sandboxImage: observe\n", "sandboxImage: enforce\n")]
    [InlineData(SandboxImageMode.Enforce, "sandboxImage: enforce\n", "")]
    public void Load_SandboxImage_AnyEnforceWins(SandboxImageMode expected, string first, string second) =>
        Assert.Equal(expected, Policies.Model(Policies.Head + first, Policies.Head + second).SandboxImage);

    private static string Exceptions(string exception) => $"exceptions: [{exception}]\n".Replace("DIGEST", Policies.A.ToString(), StringComparison.Ordinal);

    private static string Namespaces(string? include) => include is null ? "" : $", namespaces: {{include: [\"{include}\"]}}";
}
