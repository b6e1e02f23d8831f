using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Policy.Tests;

/// <summary>
/// Every outcome of every authority for every shape of requirement, against an oracle that tries all ways in which the unknown could have
/// turned out: admitted if all of them admit, undetermined if some do, denied if none does.
/// </summary>
public sealed class ThreeValuedTests
{
    // Signers 1 and 2 belong to team as well: a signer is one signer wherever it is listed.
    private static readonly ImmutableDictionary<string, string[]> Keys = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["one"] = [Id(Policies.One)],
        ["two"] = [Id(Policies.Two)],
        ["three"] = [Id(Policies.Three)],
        ["team"] = [Id(Policies.One), Id(Policies.Two)],
    }.ToImmutableDictionary();

    [Theory]
    [InlineData("one")]
    [InlineData("team")]
    [InlineData("{anyOf: [one, two]}")]
    [InlineData("{allOf: [one, two]}")]
    [InlineData("{allOf: [one, team]}")]
    [InlineData("{atLeast: {count: 2, of: [one, two, three]}}")]
    [InlineData("{atLeast: {count: 2, of: [team]}}")]
    [InlineData("{atLeast: {count: 2, of: [one, team]}}")]
    [InlineData("{atLeast: {count: 3, of: [team, three]}}")]
    [InlineData("{anyOf: [{allOf: [one, two]}, three]}")]
    [InlineData("{allOf: [{anyOf: [one, two]}, {anyOf: [two, three]}]}")]
    [InlineData("{atLeast: {count: 2, of: [{allOf: [one, two]}, three]}}")]
    [InlineData("{atLeast: {count: 2, of: [{anyOf: [one, team]}, {atLeast: {count: 1, of: [three]}}]}}")]
    [InlineData("{anyOf: [{atLeast: {count: 2, of: [one, two, three]}}, {allOf: [team, three]}]}")]
    public void FromVerdicts_EveryCombination_AgreesWithAllWaysTheUnknownCouldTurnOut(string require)
    {
        var (match, basis) = DeciderTests.Basis(Policies.Authorities + $"rules: [{{name: r, images: [\"**\"], require: {require}}}]\n", "nginx", Policies.A);
        var requirement = Assert.IsType<RuleAction.Require>(match.Action).Requirement;
        var names = requirement.Authorities().Select(a => a.Name).ToArray();
        foreach (var known in Choices<(string[] Signers, bool Gap)>(names, n => [.. Subsets(Keys[n]).SelectMany(s => new[] { (Signers: s, Gap: false), (Signers: s, Gap: true) })]))
        {
            var verdicts = names.Select(n => Verdict(n, known[n].Signers, known[n].Gap)).ToArray();
            var worlds = Choices<string[]>(names, n => known[n].Gap ? [.. Subsets(Keys[n]).Where(s => !known[n].Signers.Except(s).Any())] : [known[n].Signers]);
            var holds = worlds.Select(w => Oracle(requirement, w).Holds).ToArray();
            var expected = holds.All(h => h) ? "Admitted" : holds.Any(h => h) ? "Undetermined" : "Denied";

            var decision = Decider.FromVerdicts(match, basis, verdicts);
            var reversed = Decider.FromVerdicts(match, basis, [.. verdicts.Reverse()]);

            Assert.Equal(expected, decision.Outcome);
            Assert.Equal(decision.Message, reversed.Message);
            Assert.Equal(decision.Verdicts.AsEnumerable(), reversed.Verdicts.AsEnumerable());
            Assert.NotEqual(expected == "Admitted", ReasonOrder.PlaceOf(decision.Reason) < int.MaxValue);
            Assert.Equal(expected == "Undetermined", ReasonOrder.IsUnknown(decision.Reason));
        }
    }

    [Fact]
    public void FromVerdicts_OneKeyInTwoAuthorities_CountsOnce()
    {
        var (match, basis) = DeciderTests.Basis(Policies.Authorities + "rules: [{name: r, images: [\"**\"], require: {atLeast: {count: 2, of: [one, team]}}}]\n", "nginx", Policies.A);

        var once = Decider.FromVerdicts(match, basis, [Verdict("one", Keys["one"], false), Verdict("team", Keys["one"], false)]);
        var twice = Decider.FromVerdicts(match, basis, [Verdict("one", Keys["one"], false), Verdict("team", Keys["two"], false)]);

        Assert.IsType<Decision.Denied>(once);
        Assert.Equal(DecisionReason.NoSignature, once.Reason);
        Assert.Equal(
            $"Rule 'r' requires atLeast 2 of [one, team]; found only {Id(Policies.One)}: have it signed by more of the distinct signers that the rule names.", once.Message);
        Assert.IsType<Decision.Admitted>(twice);
        Assert.Equal(Keys["team"].Order(StringComparer.Ordinal), twice.Signers.AsEnumerable());
    }

    [Fact]
    public void FromVerdicts_TooFewSignersWithAGap_SaysWhatCouldNotBeRead()
    {
        var (match, basis) = DeciderTests.Basis(Policies.Authorities + "rules: [{name: r, images: [\"**\"], require: {atLeast: {count: 2, of: [team]}}}]\n", "nginx", Policies.A);

        var decision = Decider.FromVerdicts(match, basis, [Verdict("team", Keys["one"], true)]);

        Assert.IsType<Decision.Undetermined>(decision);
        Assert.Equal(DecisionReason.TimedOut, decision.Reason);
        Assert.EndsWith("not everything could be read: too slow.", decision.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identities: [{issuer: i, subjectRegex: \".+\"}]", true, "Undetermined")]
    [InlineData("identities: [{issuer: i, subjectRegex: \".+\"}]", false, "Denied")]
    [InlineData("identities: [{issuer: i, subject: a}, {issuer: i, subject: b}, {issuer: i, subject: c}]", true, "Undetermined")]
    [InlineData("identities: [{issuer: i, subject: a}, {issuer: i, subject: b}, {issuer: j, subject: c}]", false, "Denied")]
    public void FromVerdicts_IdentitiesThatCannotBeCounted_LeaveOpenOnlyWhatWasNotRead(string identities, bool gap, string expected)
    {
        var (match, basis) = DeciderTests.Basis(
            $"authorities: [{{name: a, keyless: {{trustRoot: public-good, {identities}}}}}]\n"
                + "rules: [{name: r, images: [\"**\"], require: {atLeast: {count: 3, of: [a]}}}]\n",
            "nginx", Policies.A);
        var possible = Assert.IsType<RuleAction.Require>(match.Action).Requirement.Authorities()[0].PossibleSigners;
        var verdict = Verdict("a", ["identity:i a"], gap: false) with
        {
            PossibleSigners = gap ? SignerSet.Union([SignerSet.Of(["identity:i a"]), possible]) : SignerSet.Of(["identity:i a"]),
            Unread = gap ? new EvidenceGap(DecisionReason.TrustRootUnusable, "not fetched") : null,
        };

        Assert.Equal(expected, Decider.FromVerdicts(match, basis, [verdict]).Outcome);
    }

    private static (bool Holds, string[] Signers) Oracle(Requirement requirement, Dictionary<string, string[]> signers)
    {
        if (requirement is Requirement.AuthorityRef reference)
        {
            var own = signers[reference.Authority.Name];
            return (own.Length > 0, own);
        }

        var holding = requirement.Members.Select(m => Oracle(m, signers)).Where(m => m.Holds).ToArray();
        var union = holding.SelectMany(h => h.Signers).ToHashSet(StringComparer.Ordinal);
        var holds = requirement switch
        {
            Requirement.AnyOf => holding.Length > 0,
            Requirement.AllOf => holding.Length == requirement.Members.Length,
            _ => union.Count >= ((Requirement.AtLeast)requirement).Count,
        };
        return (holds, [.. union]);
    }

    private static IEnumerable<Dictionary<string, T>> Choices<T>(string[] names, Func<string, T[]> options)
    {
        IEnumerable<Dictionary<string, T>> all = [new Dictionary<string, T>(StringComparer.Ordinal)];
        foreach (var name in names)
        {
            all = all.SelectMany(c => options(name).Select(o => new Dictionary<string, T>(c, StringComparer.Ordinal) { [name] = o }));
        }

        return all;
    }

    private static IEnumerable<string[]> Subsets(string[] items) =>
        Enumerable.Range(0, 1 << items.Length).Select(bits => items.Where((_, i) => (bits & (1 << i)) != 0).ToArray());

    private static string Id(NodeGate.Testing.Signing.SigningKey key) => "key:sha256:" + key.Fingerprint;

    private static AuthorityVerdict Verdict(string name, string[] signers, bool gap)
    {
        var (outcome, reason) = signers.Length > 0 ? (VerdictOutcome.Satisfied, DecisionReason.Verified)
            : gap ? (VerdictOutcome.Inconclusive, DecisionReason.TimedOut)
            : (VerdictOutcome.NotSatisfied, DecisionReason.NoSignature);
        return new AuthorityVerdict(name, Policies.A, outcome, reason, $"{name}: {outcome}.")
        {
            SignerIds = [.. signers.Order(StringComparer.Ordinal)],
            PossibleSigners = SignerSet.Of(gap ? Keys[name] : signers),
            Unread = gap ? new EvidenceGap(DecisionReason.TimedOut, "too slow") : null,
        };
    }
}
