namespace NodeGate.Policy.Tests;

/// <summary>The revision stays when nothing that decides changes, and changes when anything does.</summary>
public sealed class RevisionTests
{
    private const string Base = Policies.Head + """
        mode: enforce
        unmatched: deny
        trustRoots: [{name: r, trustedRoot: two-logs.json}]
        authorities:
          - {name: one, cosign: {keys: [{file: one.pub}, {file: two.pub}], formats: [bundle, legacy], annotations: {env: prod}}}
          - {name: two, cosign: {keys: [{file: two.pub, validFrom: 2026-01-01T00:00:00Z}], transparencyLog: {trustRoot: r, threshold: 1}}}
          - {name: three, keyless: {trustRoot: r, identities: [{issuer: i, subjectRegex: s}], certificate: {buildTrigger: push}}}
        rules:
          - {name: a, images: ["ghcr.io/a/**", "ghcr.io/b"], namespaces: {include: [x, y], exclude: [z]}, require: {anyOf: [one, two]}, signedRepository: ghcr.io/c,
             attestations: [{type: t, by: [one, three], conditions: [{path: /a, in: [x, y]}, {path: /b, olderThan: 24h}]}]}
          - {name: b, images: ["nginx"], allow: {reason: base}}
        exceptions:
          - {name: e, images: ["ghcr.io/a/x@DIGEST", "ghcr.io/a/y@DIGEST"], namespaces: {include: [x, y]}, expires: 2026-12-01T00:00:00Z, owner: team-a, ticket: SEC-1}
        """;

    [Theory]
    [InlineData("mode: enforce\n", "mode:   enforce   # the default\n\n")]
    [InlineData("mode: enforce\n", "")]
    [InlineData("unmatched: deny\n", "")]
    [InlineData("{file: one.pub}, {file: two.pub}", "{file: two.pub}, {file: one-again.pub}")]
    [InlineData("[bundle, legacy]", "[legacy, bundle]")]
    [InlineData(", formats: [bundle, legacy]", "")]
    [InlineData("\"ghcr.io/a/**\", \"ghcr.io/b\"", "ghcr.io/b, GHCR.io/a/**")]
    [InlineData("include: [x, y]", "include: [y, x]")]
    [InlineData("images: [\"nginx\"]", "images: [docker.io/library/nginx]")]
    [InlineData("name: test", "name: other")]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00")]
    [InlineData("by: [one, three]", "by: [three, one, one]")]
    [InlineData("in: [x, y]", "in: [y, \"x\"]")]
    [InlineData("24h", "1d")]
    [InlineData("{path: /a, in: [x, y]}, {path: /b, olderThan: 24h}", "{path: /b, olderThan: 24h}, {path: /a, in: [x, y]}")]
    [InlineData(", threshold: 1", "")]
    [InlineData("push}", "push}, requireLog: true, formats: [legacy, bundle]")]
    [InlineData("unmatched: deny", "unmatched: deny\ngrace: deny\nsandboxImage: observe")]
    [InlineData("{name: a,", "{name: a, requireDigest: false, platform: index, grace: deny,")]
    [InlineData("2026-12-01T00:00:00Z", "2026-12-01T01:00:00+01:00")]
    [InlineData("\"ghcr.io/a/x@DIGEST\", \"ghcr.io/a/y@DIGEST\"", "GHCR.io/a/y@DIGEST, ghcr.io/a/x@DIGEST")]
    public void Revision_SameMeaning_IsTheSame(string from, string to) =>
        Assert.Equal(Policies.Model(Text).Revision, Policies.Model(Changed(from, to)).Revision);

    [Theory]
    [InlineData("mode: enforce", "mode: audit")]
    [InlineData("unmatched: deny", "unmatched: allow")]
    [InlineData("{file: one.pub}, ", "")]
    [InlineData("file: one.pub", "file: three.pub")]
    [InlineData("[bundle, legacy]", "[bundle]")]
    [InlineData("[bundle, legacy]", "[legacy]")]
    [InlineData("env: prod", "env: dev")]
    [InlineData("env: prod", "\"env=p\": rod")]
    [InlineData("ghcr.io/a/**", "ghcr.io/a/*")]
    [InlineData(", \"ghcr.io/b\"", "")]
    [InlineData("include: [x, y]", "include: [x]")]
    [InlineData(", exclude: [z]", "")]
    [InlineData("include: [x, y], exclude: [z]", "exclude: [x, y, z]")]
    [InlineData("anyOf: [one, two]", "allOf: [one, two]")]
    [InlineData("anyOf: [one, two]", "anyOf: [one]")]
    [InlineData("anyOf: [one, two]", "atLeast: {count: 2, of: [one, two]}")]
    [InlineData(", signedRepository: ghcr.io/c", "")]
    [InlineData("signedRepository: ghcr.io/c", "signedRepository: ghcr.io/d")]
    [InlineData("allow: {reason: base}", "deny: {reason: base}")]
    [InlineData("allow: {reason: base}", "allow: {reason: other}")]
    [InlineData("allow: {reason: base}", "mode: audit, allow: {reason: base}")]
    [InlineData("{name: b,", "{name: c,")]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")]
    [InlineData("type: t,", "type: u,")]
    [InlineData("by: [one, three]", "by: [one]")]
    [InlineData("path: /a", "path: /c")]
    [InlineData("in: [x, y]", "in: [x]")]
    [InlineData("in: [x, y]", "in: [\"x', 'y\"]")]
    [InlineData("in: [x, y]", "equals: x")]
    [InlineData("olderThan", "newerThan")]
    [InlineData("24h", "25h")]
    [InlineData(", {path: /b, olderThan: 24h}", "")]
    [InlineData("validFrom", "validUntil")]
    [InlineData("trustedRoot: two-logs.json", "trustedRoot: root.json")]
    [InlineData("trustedRoot: two-logs.json", "sigstore: {transparencyLogs: [{key: one.pub, url: u, validFrom: 2026-01-01T00:00:00Z}], certificateAuthorities: [{certificates: root.pem, uri: u}]}")]
    [InlineData("threshold: 1", "threshold: 2")]
    [InlineData("threshold: 1", "requireTimestamp: true")]
    [InlineData(", transparencyLog: {trustRoot: r, threshold: 1}", "")]
    [InlineData("issuer: i", "issuer: j")]
    [InlineData("issuer: i", "issuerRegex: i")]
    [InlineData("subjectRegex: s", "subjectRegex: t")]
    [InlineData("subjectRegex: s", "subject: s")]
    [InlineData("subjectRegex: s}", "subjectRegex: s}, {issuer: i, subject: t}")]
    [InlineData("buildTrigger: push", "buildTrigger: pull")]
    [InlineData(", certificate: {buildTrigger: push}", "")]
    [InlineData("push}", "push}, requireTimestamp: true")]
    [InlineData("push}", "push}, requireTimestamp: true, requireLog: false")]
    [InlineData("push}", "push}, logThreshold: 2")]
    [InlineData("push}", "push}, formats: [bundle]")]
    [InlineData("push}", "push}, annotations: {a: b}")]
    [InlineData("unmatched: deny", "grace: allow")]
    [InlineData("unmatched: deny", "sandboxImage: enforce")]
    [InlineData("{name: a,", "{name: a, requireDigest: true,")]
    [InlineData("{name: a,", "{name: a, platform: verify,")]
    [InlineData("{name: a,", "{name: a, grace: allow,")]
    [InlineData("{name: a,", "{name: a, signatureRepository: ghcr.io/c,")]
    [InlineData("signedRepository", "signatureRepository")]
    [InlineData("{name: e,", "{name: f,")]
    [InlineData("ghcr.io/a/x@", "ghcr.io/a/z@")]
    [InlineData(", \"ghcr.io/a/y@DIGEST\"", "")]
    [InlineData("namespaces: {include: [x, y]}, expires", "expires")]
    [InlineData("namespaces: {include: [x, y]}, expires", "namespaces: {include: [x]}, expires")]
    [InlineData("2026-12-01T00:00:00Z", "2026-12-01T00:00:00.0000001Z")]
    [InlineData("team-a", "team-b")]
    [InlineData("SEC-1", "SEC-2")]
    [InlineData(", ticket: SEC-1", "")]
    public void Revision_OtherMeaning_IsAnother(string from, string to)
    {
        // A period needs a log, so that taking the log away takes the period as well.
        var changed = from.StartsWith(", transparencyLog", StringComparison.Ordinal)
            ? Changed(from, to).Replace(", validFrom: 2026-01-01T00:00:00Z", "", StringComparison.Ordinal)
            : Changed(from, to);

        Assert.NotEqual(Policies.Model(Text).Revision, Policies.Model(changed).Revision);
    }

    [Fact]
    public void Revision_EachOperatorAndOperand_IsAnother()
    {
        string[] tests = ["equals: 5", "equals: \"5\"", "notEquals: 5", "contains: 5", "in: [5]", "matches: 5", "exists: true", "exists: false", "semver: 5", "newerThan: 5d"];

        Assert.Equal(tests.Length, tests.Select(t => Policies.Model(Changed("olderThan: 24h", t)).Revision).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Revision_FilesInAnotherOrder_IsTheSame()
    {
        var other = Policies.Head + "rules: [{name: z, images: [busybox], deny: {reason: r}}]\n";

        Assert.Equal(Policies.Model(Text, other).Revision, Policies.Model(other, Text).Revision);
        Assert.Equal(Policies.Model(Text, other).Revision, Policies.Model(other + "---\n" + Text).Revision);
    }

    [Fact]
    public void TrustRevision_ChangesWithKeysAndNotWithRules()
    {
        var model = Policies.Model(Text);

        Assert.Equal(model.TrustRevision, Policies.Model(Changed("ghcr.io/a/**", "ghcr.io/x/**")).TrustRevision);
        Assert.NotEqual(model.TrustRevision, Policies.Model(Changed("one.pub", "three.pub")).TrustRevision);
        Assert.NotEqual(model.TrustRevision, Policies.Model(Changed("2026-01-01", "2026-01-02")).TrustRevision);
        Assert.NotEqual(model.TrustRevision, Policies.Model(Changed("two-logs.json", "root.json")).TrustRevision);
        Assert.Matches("^[0-9a-f]{16}$", model.Revision);
    }

    internal static string Text => Base.Replace("DIGEST", Policies.A.ToString(), StringComparison.Ordinal);

    private static string Changed(string from, string to)
    {
        Assert.Contains(from, Base, StringComparison.Ordinal);
        return Base.Replace(from, to, StringComparison.Ordinal).Replace("DIGEST", Policies.A.ToString(), StringComparison.Ordinal);
    }
}
