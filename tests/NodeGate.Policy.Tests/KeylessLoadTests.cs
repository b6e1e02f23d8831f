using NodeGate.Verification;

namespace NodeGate.Policy.Tests;

/// <summary><c>keyless</c>, <c>transparencyLog</c> and keys with periods: what they become, and what contradicts itself.</summary>
public sealed class KeylessLoadTests
{
    private const string Roots =
        "trustRoots:\n"
        + "  - {name: full, trustedRoot: root.json}\n"
        + "  - {name: two-logs, trustedRoot: two-logs.json}\n"
        + "  - {name: no-authorities, trustedRoot: no-authorities.json}\n"
        + "  - {name: no-logs, trustedRoot: no-logs.json}\n"
        + "  - {name: no-timestamps, trustedRoot: no-timestamps.json}\n";

    private const string Ids = "identities: [{issuer: i, subject: s}]";

    [Fact]
    public void Load_Keyless_IsTheRequirementThatIsWritten()
    {
        var model = Policies.Of(Roots + """
            authorities:
              - name: a
                keyless:
                  trustRoot: two-logs
                  identities: [{issuer: "https://i.example", subjectRegex: "https://s.example/.+"}, {issuerRegex: "https://[a-z]+", subject: me}]
                  certificate: {sourceRepositoryUri: "https://r.example", buildTrigger: push}
                  logThreshold: 2
                  requireTimestamp: true
                  formats: [bundle]
                  annotations: {env: prod}

            """);

        var requirement = Keyless(model);
        Assert.Equal(["'https://i.example' /https://s.example/.+/", "/https://[a-z]+/ 'me'"], requirement.Identities.Select(i => $"{i.Issuer} {i.Subject}"));
        Assert.Equal("https://r.example", requirement.Certificate["sourceRepositoryUri"]);
        Assert.Equal(2, requirement.Certificate.Count);
        Assert.Equal((2, 1), (requirement.Logs, requirement.Timestamps));
        Assert.Equal((true, false), (requirement.AcceptBundle, requirement.AcceptLegacy));
        Assert.Equal("prod", requirement.Annotations["env"]);
    }

    [Theory]
    [InlineData("", 1, 0)]
    [InlineData(", requireLog: true", 1, 0)]
    [InlineData(", requireTimestamp: true", 1, 1)]
    [InlineData(", requireLog: false, requireTimestamp: true", 0, 1)]
    [InlineData(", requireLog: false, timestampThreshold: 1", 0, 1)]
    [InlineData(", logThreshold: 2, requireTimestamp: false", 2, 0)]
    public void Load_Thresholds_AreAsWrittenAndALogByDefault(string more, int logs, int timestamps)
    {
        var requirement = Keyless(Policies.Of(Roots + Authority($"trustRoot: two-logs, {Ids}{more}")));

        Assert.Equal((logs, timestamps), (requirement.Logs, requirement.Timestamps));
    }

    [Theory]
    [InlineData("trustRoot: full", "", "no 'identities'", "issuer and the subject are both required")]
    [InlineData(Ids, "", "no 'trustRoot'", "'public-good'")]
    [InlineData("trustRoot: full, identities: []", ".identities", "an empty list", "a list of identities")]
    [InlineData("trustRoot: full, identities: [{issuer: i}]", ".identities[0]", "neither 'subject' nor 'subjectRegex'", "both required")]
    [InlineData("trustRoot: full, identities: [{subject: s}]", ".identities[0]", "neither 'issuer' nor 'issuerRegex'", "both required")]
    [InlineData("trustRoot: full, identities: [{issuer: i, issuerRegex: i, subject: s}]", ".identities[0]", "both 'issuer' and 'issuerRegex'", "an identity")]
    [InlineData("trustRoot: full, identities: [{issuer: \"\", subject: s}]", ".identities[0].issuer", "nothing", "the whole issuer")]
    [InlineData("trustRoot: full, identities: [{issuer: i, subject: \"a\\nb\"}]", ".identities[0].subject", "several lines", "on one line")]
    [InlineData("trustRoot: full, identities: [{issuer: i, subjectRegex: \"(\"}]", ".identities[0].subjectRegex", "not a regular expression", "linear time")]
    [InlineData("trustRoot: full, identities: [{issuer: i, subjectRegex: \"(?=a)b\"}]", ".identities[0].subjectRegex", "look-around", "linear time")]
    [InlineData("trustRoot: full, identities: [{issuer: i, subject: s, name: n}]", ".identities[0].name", "unknown key", "one of issuer")]
    [InlineData("trustRoot: full, " + Ids + ", certificate: {sourceRepositoryURL: x}", ".certificate.sourceRepositoryURL", "unknown certificate extension", "'sourceRepositoryUri'?")]
    [InlineData("trustRoot: full, " + Ids + ", certificate: {}", ".certificate", "an empty mapping", "sourceRepositoryUri")]
    [InlineData("trustRoot: full, " + Ids + ", certificate: {buildTrigger: [push]}", ".certificate.buildTrigger", "a list", "as a text")]
    [InlineData("trustRoot: full, " + Ids + ", requireLog: false", "", "'requireLog: false' without", "there would be none")]
    [InlineData("trustRoot: full, " + Ids + ", requireLog: false, requireTimestamp: false", "", "'requireLog: false' without", "there would be none")]
    [InlineData("trustRoot: full, " + Ids + ", requireLog: false, requireTimestamp: true, logThreshold: 1", ".logThreshold", "with 'requireLog: false'", "one of them")]
    [InlineData("trustRoot: full, " + Ids + ", requireTimestamp: false, timestampThreshold: 1", ".timestampThreshold", "with 'requireTimestamp: false'", "one of them")]
    [InlineData("trustRoot: full, " + Ids + ", requireLog: \"no\"", ".requireLog", "'no'", "'true' or 'false'")]
    [InlineData("trustRoot: full, " + Ids + ", logThreshold: 0", ".logThreshold", "'0'", "a whole number from 1")]
    [InlineData("trustRoot: ful, " + Ids, ".trustRoot", "unknown trust root 'ful'", "'full'?")]
    [InlineData("trustRoot: xyzzyxyzzy, " + Ids, ".trustRoot", "unknown trust root", "full, no-authorities, no-logs, no-timestamps, public-good, two-logs")]
    [InlineData("trustRoot: no-authorities, " + Ids, ".trustRoot", "with 0 certificate authorities", "keys instead")]
    [InlineData("trustRoot: no-logs, " + Ids, ".trustRoot", "with 0 transparency logs", "a lower threshold")]
    [InlineData("trustRoot: full, logThreshold: 2, " + Ids, ".trustRoot", "with 1 transparency logs of different operators, of which 2 are needed", "with more")]
    [InlineData("trustRoot: no-timestamps, requireTimestamp: true, " + Ids, ".trustRoot", "with 0 timestamp authorities", "no 'requireTimestamp'")]
    public void Load_FaultInKeyless_IsToldWithPlaceFoundAndExpected(string keyless, string path, string found, string expected) =>
        AssertError(Roots + Authority(keyless), "authorities[0].keyless" + path, found, expected);

    [Theory]
    [InlineData("trustRoot: full", 1, 0)]
    [InlineData("trustRoot: two-logs, threshold: 2, requireTimestamp: true", 2, 1)]
    [InlineData("trustRoot: no-authorities", 1, 0)]
    public void Load_TransparencyLog_IsTheRequirementThatIsWritten(string log, int logs, int timestamps)
    {
        var requirement = Assert.IsType<KeyRequirement>(Policies.Of(Roots + Cosign($"keys: [{{file: one.pub}}], transparencyLog: {{{log}}}")).Authorities[0].Requirement);

        Assert.Equal((logs, timestamps), (requirement.TransparencyLog!.Logs, requirement.TransparencyLog.Timestamps));
    }

    [Fact]
    public void Load_KeyWithAPeriod_IsGoodInIt()
    {
        var requirement = Assert.IsType<KeyRequirement>(Policies.Of(Roots + Cosign(
            "keys: [{file: one.pub, validFrom: 2026-01-01T00:00:00Z, validUntil: 2026-06-30T12:00:00+02:00}, {file: two.pub}], transparencyLog: {trustRoot: full}"))
            .Authorities[0].Requirement);

        Assert.Equal("from 2026-01-01T00:00:00Z to 2026-06-30T10:00:00Z", requirement.Keys[0].ValidFor.ToString());
        Assert.Equal(ValidityPeriod.Always, requirement.Keys[1].ValidFor);
    }

    [Theory]
    [InlineData("keys: [{file: one.pub}], transparencyLog: {}", ".transparencyLog", "no 'trustRoot'", "'public-good'")]
    [InlineData("keys: [{file: one.pub}], transparencyLog: full", ".transparencyLog", "'full'", "{trustRoot: …}")]
    [InlineData("keys: [{file: one.pub}], transparencyLog: {trustRoot: nope}", ".transparencyLog.trustRoot", "unknown trust root 'nope'", "full")]
    [InlineData("keys: [{file: one.pub}], transparencyLog: {trustRoot: full, threshold: 2}", ".transparencyLog.trustRoot", "of which 2 are needed", "a lower threshold")]
    [InlineData("keys: [{file: one.pub}], transparencyLog: {trustRoot: full, requireLog: true}", ".transparencyLog.requireLog", "unknown key", "one of trustRoot")]
    [InlineData("keys: [{file: one.pub, validFrom: 2026-01-01T00:00:00Z}]", ".keys[0].file", "without 'transparencyLog'", "by which the time of a signature is known")]
    [InlineData("keys: [{file: one.pub, validFrom: 2026-01-01}], transparencyLog: {trustRoot: full}", ".keys[0].validFrom", "'2026-01-01'", "RFC 3339")]
    [InlineData("keys: [{file: one.pub, validUntil: 2026-01-01T00:00:00Z}, {file: one.pub}], transparencyLog: {trustRoot: full}", "", "with two periods", "each key once")]
    public void Load_FaultInCosign_IsToldWithPlaceFoundAndExpected(string cosign, string path, string found, string expected) =>
        AssertError(Roots + Cosign(cosign), "authorities[0].cosign" + path, found, expected);

    [Fact]
    public void Load_TwoKindsInOneAuthority_AreRefused() =>
        AssertError(
            Roots + $"authorities: [{{name: a, cosign: {{keys: [{{file: one.pub}}]}}, keyless: {{trustRoot: full, {Ids}}}}}]\n",
            "authorities[0]", "both 'cosign' and 'keyless'", "exactly one of");

    [Theory]
    [InlineData("[{issuer: i, subject: s}]", 2, false)]
    [InlineData("[{issuer: i, subject: s}, {issuer: i, subject: t}]", 2, true)]
    [InlineData("[{issuer: i, subjectRegex: s}]", 50, true)]
    [InlineData("[{issuerRegex: i, subject: s}]", 50, true)]
    public void Load_AtLeastOfIdentities_IsRefusedOnlyWhereTheyCanBeCounted(string identities, int count, bool loads)
    {
        var result = Policies.Load(Policies.Head + Roots + Authority($"trustRoot: full, identities: {identities}")
            + $"rules: [{{name: r, images: [\"**\"], require: {{atLeast: {{count: {count}, of: [a]}}}}}}]\n");

        Assert.Equal(loads, result.IsLoaded);
        Assert.All(result.Errors, e => Assert.Contains("only 1 distinct signer ", e.Found, StringComparison.Ordinal));
    }

    private static void AssertError(string body, string path, string found, string expected)
    {
        var error = Policies.ErrorOf(body);

        Assert.Equal(path, error.Position.Path);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    private static string Authority(string keyless) => $"authorities: [{{name: a, keyless: {{{keyless}}}}}]\n";

    private static string Cosign(string cosign) => $"authorities: [{{name: a, cosign: {{{cosign}}}}}]\n";

    private static KeylessRequirement Keyless(PolicyModel model) => Assert.IsType<KeylessRequirement>(Assert.Single(model.Authorities).Requirement);
}
