using System.Text.Json;
using NodeGate.Policy.Conditions;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests;

/// <summary>Each operator on each kind of value; the time is 2026-06-30T12:00:00Z.</summary>
public sealed class ConditionTests
{
    /// <summary>Its <c>long</c> is 5, in more characters than a number of a policy may have.</summary>
    private static readonly string Predicate = """
        {"s":"abc","empty":"","n":5,"f":5.0,"big":12345678901234567890123456789012,"t":true,"x":false,"z":null,"o":{"a/b":{"m~n":"deep"},"":"unnamed"},
         "list":["a",5,true,null,{"k":"v"}],"yesterday":"2026-06-29T12:00:00Z","zone":"2026-06-30T13:59:59+02:00","tomorrow":"2026-07-01T12:00:00Z",
         "now":"2026-06-30T12:00:00Z","local":"2026-06-29T12:00:00","tiny":1e-30,"zero":-0.00e9,"thousand":1000.0,"huge":1e99999999999999999999,"long":LONG,"v":"1.4.2","goTag":"v1.4.2","rc":"2.0.0-rc.1","build":"1.4.2+5","half":"1.4"}
        """.Replace("LONG", "5." + new string('0', PolicyLimits.MaxTextLength), StringComparison.Ordinal);

    private static readonly DateTimeOffset Now = new(2026, 6, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/s", "equals: abc", true)]
    [InlineData("/s", "equals: ab", false)]
    [InlineData("/s", "equals: ABC", false)]
    [InlineData("/n", "equals: 5", true)]
    [InlineData("/n", "equals: \"5\"", false)]
    [InlineData("/f", "equals: 5", true)]
    [InlineData("/n", "equals: 5.0", true)]
    [InlineData("/big", "equals: 12345678901234567890123456789012", true)]
    [InlineData("/big", "equals: 12345678901234567890123456789013", false)]
    [InlineData("/big", "notEquals: 12345678901234567890123456789013", true)]
    [InlineData("/tiny", "equals: 0", false)]
    [InlineData("/tiny", "equals: -1e-30", false)]
    [InlineData("/tiny", "equals: .01e-28", true)]
    [InlineData("/zero", "equals: 0", true)]
    [InlineData("/zero", "notEquals: 0.0", false)]
    [InlineData("/thousand", "equals: +1e3", true)]
    [InlineData("/thousand", "equals: 100", false)]
    [InlineData("/huge", "equals: 10e99999999999999999998", true)]
    [InlineData("/huge", "equals: 1e99999999999999999998", false)]
    [InlineData("/long", "equals: 5", false)]
    [InlineData("/long", "notEquals: 5", false)]
    [InlineData("/t", "equals: true", true)]
    [InlineData("/t", "equals: \"true\"", false)]
    [InlineData("/t", "equals: false", false)]
    [InlineData("/x", "equals: false", true)]
    [InlineData("/z", "equals: \"null\"", false)]
    [InlineData("/o", "equals: abc", false)]
    [InlineData("/list", "equals: a", false)]
    [InlineData("/gone", "equals: abc", false)]
    [InlineData("/s", "notEquals: x", true)]
    [InlineData("/s", "notEquals: abc", false)]
    [InlineData("/s", "notEquals: 5", false)]
    [InlineData("/n", "notEquals: 6", true)]
    [InlineData("/n", "notEquals: \"6\"", false)]
    [InlineData("/t", "notEquals: false", true)]
    [InlineData("/x", "notEquals: true", true)]
    [InlineData("/z", "notEquals: x", false)]
    [InlineData("/list", "notEquals: x", false)]
    [InlineData("/gone", "notEquals: x", false)]
    [InlineData("/s", "in: [x, abc]", true)]
    [InlineData("/s", "in: [x, y]", false)]
    [InlineData("/n", "in: [\"5\", abc]", false)]
    [InlineData("/n", "in: [5]", true)]
    [InlineData("/list", "in: [a]", false)]
    [InlineData("/gone", "in: [a]", false)]
    [InlineData("/s", "matches: \"[a-c]+\"", true)]
    [InlineData("/s", "matches: \"[a-b]+\"", false)]
    [InlineData("/s", "matches: b", false)]
    [InlineData("/n", "matches: \".*\"", false)]
    [InlineData("/list", "matches: \".*\"", false)]
    [InlineData("/gone", "matches: \".*\"", false)]
    [InlineData("/s", "exists: true", true)]
    [InlineData("/z", "exists: true", true)]
    [InlineData("/gone", "exists: true", false)]
    [InlineData("/gone", "exists: false", true)]
    [InlineData("/s", "exists: false", false)]
    [InlineData("/list", "contains: a", true)]
    [InlineData("/list", "contains: 5", true)]
    [InlineData("/list", "contains: \"5\"", false)]
    [InlineData("/list", "contains: v", false)]
    [InlineData("/s", "contains: b", false)]
    [InlineData("/o", "contains: abc", false)]
    [InlineData("/gone", "contains: a", false)]
    [InlineData("/yesterday", "olderThan: 24h", true)]
    [InlineData("/yesterday", "olderThan: 86401s", false)]
    [InlineData("/yesterday", "newerThan: 1d", true)]
    [InlineData("/yesterday", "newerThan: 1439m", false)]
    [InlineData("/zone", "newerThan: 1s", true)]
    [InlineData("/now", "newerThan: 1s", true)]
    [InlineData("/tomorrow", "newerThan: 30d", false)]
    [InlineData("/tomorrow", "olderThan: 1s", false)]
    [InlineData("/local", "olderThan: 1s", false)]
    [InlineData("/local", "newerThan: 30d", false)]
    [InlineData("/s", "newerThan: 30d", false)]
    [InlineData("/n", "olderThan: 1s", false)]
    [InlineData("/gone", "olderThan: 1s", false)]
    [InlineData("/gone", "newerThan: 1s", false)]
    [InlineData("/v", "semver: \">=1.4 <2\"", true)]
    [InlineData("/v", "semver: 1.4.2", true)]
    [InlineData("/v", "semver: \"=1.4.2\"", true)]
    [InlineData("/v", "semver: \">1.4.2\"", false)]
    [InlineData("/v", "semver: \"<=1.4.1\"", false)]
    [InlineData("/goTag", "semver: \">=v1.4.0\"", true)]
    [InlineData("/build", "semver: 1.4.2", true)]
    [InlineData("/rc", "semver: \"<2\"", false)]
    [InlineData("/rc", "semver: \">=1\"", false)]
    [InlineData("/rc", "semver: \">=2.0.0-beta <2.0.0\"", true)]
    [InlineData("/rc", "semver: \">=2.0.0-rc.2\"", false)]
    [InlineData("/half", "semver: \">=1\"", false)]
    [InlineData("/n", "semver: \">=1\"", false)]
    [InlineData("/gone", "semver: \">=1\"", false)]
    [InlineData("/o/a~1b/m~0n", "equals: deep", true)]
    [InlineData("/o/", "equals: unnamed", true)]
    [InlineData("/list/0", "equals: a", true)]
    [InlineData("/list/4/k", "equals: v", true)]
    [InlineData("/list/00", "exists: true", false)]
    [InlineData("/list/-", "exists: true", false)]
    [InlineData("/list/5", "exists: true", false)]
    [InlineData("/list/99999999999", "exists: true", false)]
    [InlineData("/s/0", "exists: true", false)]
    public void Judge_Operator_HoldsOnlyForTheRightTypeAndValue(string path, string test, bool holds)
    {
        using var predicate = JsonDocument.Parse(Predicate);

        var step = Condition($"{{path: \"{path}\", {test}}}").Judge(predicate.RootElement, Now);

        Assert.Equal((StepNames.Condition, holds ? StepOutcome.Passed : StepOutcome.Failed), (step.Step, step.Outcome));
        Assert.StartsWith(path + " is ", step.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{path: /s, equals: x}", "/s is 'abc'; expected equals 'x'")]
    [InlineData("{path: /n, in: [\"5\", 6]}", "/n is the number 5; expected in ['5', 6]")]
    [InlineData("{path: /gone, newerThan: 30d}", "/gone is missing; expected newerThan 30d")]
    [InlineData("{path: /list, semver: \">=1 <2\"}", "/list is a list of 5; expected semver '>=1 <2'")]
    [InlineData("{path: /o, exists: false}", "/o is an object; expected exists: false")]
    public void Judge_Fails_SaysPathFoundAndExpected(string condition, string detail)
    {
        using var predicate = JsonDocument.Parse(Predicate);

        Assert.Equal(detail, Condition(condition).Judge(predicate.RootElement, Now).Detail);
    }

    [Theory]
    [InlineData("1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 2.0.0 2.1.0 2.1.1 10.0.0")]
    public void CompareWith_OrderOfTheSpecification_IsKept(string ascending)
    {
        // Semantic Versioning 2.0.0 section 11.
        var versions = ascending.Split(' ').Select(t => SemanticVersion.TryParse(t, out var version) ? version : throw new InvalidOperationException(t)).ToArray();

        for (var i = 1; i < versions.Length; i++)
        {
            Assert.True(versions[i - 1].CompareWith(versions[i]) < 0);
            Assert.True(versions[i].CompareWith(versions[i - 1]) > 0);
        }
    }

    [Theory]
    [InlineData("[text]", "[0]", "'text'", "an attestation: {type")]
    [InlineData("[{by: [one]}]", "[0]", "no 'type'", "a predicate type")]
    [InlineData("[{type: \"https://sigstore.dev/cosign/sign/v1\", by: [one]}]", "[0].type", "cosign/sign/v1", "this one is a signature")]
    [InlineData("[{type: t}]", "[0]", "no 'by'", "a list of authorities")]
    [InlineData("[{type: t, by: []}]", "[0].by", "an empty list", "a list of authorities")]
    [InlineData("[{type: t, by: [onee]}]", "[0].by[0]", "unknown authority 'onee'", "'one'?")]
    [InlineData("[{type: t, by: [one], conditions: []}]", "[0].conditions", "an empty list", "or no 'conditions'")]
    [InlineData("[{type: t, by: [one], conditions: [{equals: x}]}]", "[0].conditions[0]", "no 'path'", "RFC 6901")]
    [InlineData("[{type: t, by: [one], conditions: [{path: a/b, equals: x}]}]", "[0].conditions[0].path", "'a/b'", "RFC 6901")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a~2, equals: x}]}]", "[0].conditions[0].path", "'/a~2'", "'~0' a '~'")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a~~01, equals: x}]}]", "[0].conditions[0].path", "'/a~~01'", "'~0' a '~'")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a}]}]", "[0].conditions[0]", "without an operator", "exactly one of equals")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, equals: x, exists: true}]}]", "[0].conditions[0]", "'equals' and 'exists'", "exactly one of equals")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, equal: x, equals: x}]}]", "[0].conditions[0].equal", "unknown key", "'equals'?")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, equals: [x]}]}]", "[0].conditions[0].equals", "a list", "a text, a number")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, equals: ~}]}]", "[0].conditions[0].equals", "nothing", "a text, a number")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, in: x}]}]", "[0].conditions[0].in", "'x'", "a list of values")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, matches: \"(a)\\\\1\"}]}]", "[0].conditions[0].matches", "back references", "linear time")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, exists: 1}]}]", "[0].conditions[0].exists", "'1'", "'true' or 'false'")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, olderThan: 30}]}]", "[0].conditions[0].olderThan", "'30'", "such as 30d")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, newerThan: 0d}]}]", "[0].conditions[0].newerThan", "'0d'", "such as 30d")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, newerThan: 36526d}]}]", "[0].conditions[0].newerThan", "'36526d'", "such as 30d")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, semver: \">=1.x\"}]}]", "[0].conditions[0].semver", "'>=1.x'", "a range of versions")]
    [InlineData("[{type: t, by: [one], conditions: [{path: /a, semver: \"^1\"}]}]", "[0].conditions[0].semver", "'^1'", "a range of versions")]
    public void Load_FaultInAnAttestation_IsToldWithPlaceFoundAndExpected(string attestations, string path, string found, string expected)
    {
        var error = Policies.ErrorOf(Policies.Authorities + $"rules: [{{name: r, images: [nginx], require: one, attestations: {attestations}}}]\n");

        Assert.Equal("rules[0].attestations" + path, error.Position.Path);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allow: {reason: r}")]
    [InlineData("deny: {reason: r}")]
    public void Load_AttestationsWithoutRequire_AreRefused(string action) =>
        Assert.Equal(
            "'attestations' in a rule that requires no signature",
            Policies.ErrorOf(Policies.Authorities + $"rules: [{{name: r, images: [nginx], {action}, attestations: [{{type: t, by: [one]}}]}}]\n").Found);

    private static PredicateCondition Condition(string condition)
    {
        var model = Policies.Of(Policies.Authorities + $"rules: [{{name: r, images: [nginx], require: one, attestations: [{{type: t, by: [one], conditions: [{condition}]}}]}}]\n");
        return Assert.IsType<RuleAction.Require>(model.Rules[0].Action).Attestations[0].Conditions[0];
    }
}
