using FsCheck;
using FsCheck.Fluent;

namespace NodeGate.Policy.Tests.Decisions;

/// <summary>What must not matter to a decision: rules about something else, the order of everything, and the files that it is written in.</summary>
public sealed class DecisionPropertyTests
{
    private static readonly Gen<string> Namespaces = Gen.Elements(
        "", "", "namespaces: {include: [prod]}, ", "namespaces: {include: [\"prod*\"], exclude: [prod-b]}, ", "namespaces: {exclude: [dev]}, ");

    private static readonly Gen<string> Patterns = Gen.Elements(
        "ghcr.io/org/app@A", "ghcr.io/org/*@A", "**@B", "ghcr.io/org/app:v1", "**:v1", "ghcr.io/org/app", "ghcr.io/org/app:v*", "ghcr.io/org/**", "ghcr.io/**",
        "quay.io/base/os", "quay.io/**", "nginx", "docker.io/**", "**", "unrelated.example/**", "unrelated.example/app:v1", "unrelated.example/app@A");

    private static readonly Gen<string> Actions = Gen.Elements(
        "allow: {reason: r}", "deny: {reason: r}", "require: one", "require: {anyOf: [two, team]}", "requireDigest: true, require: one", "mode: audit, require: two",
        "mode: audit, deny: {reason: r}", "requireDigest: true, allow: {reason: r}");

    private static readonly Gen<string> Rules =
        Namespaces.SelectMany(n => Patterns.SelectMany(p => Actions.Select(a => $"images: [\"{p}\"], {n}{a}")));

    private static readonly Gen<string> Exceptions =
        Namespaces.SelectMany(n => Patterns.Where(p => p.Contains('@', StringComparison.Ordinal)).SelectMany(p => Gen.Elements("2026-11-01", "2026-12-01", "2026-12-31")
            .Select(e => $"images: [\"{p}\"], {n}expires: {e}T00:00:00Z, owner: o")));

    private static readonly Gen<Question> Questions = Gen.Elements(
        "ghcr.io/org/app:v1", "ghcr.io/org/app:v2", "ghcr.io/org/app@A", "ghcr.io/org/app@B", "ghcr.io/org/other:v1", "ghcr.io/x:1", "quay.io/base/os:v1", "nginx", "nginx@B")
        .SelectMany(image => Gen.Elements("A", "B", "C", "down").SelectMany(tag => Gen.Elements(null, "prod", "prod-b", "dev")
            .SelectMany(n => Gen.Elements("", "one", "two", "?").Select(signed => new Question(image, tag, n, Policies.Now, signed)))));

    private static readonly Gen<Policy> Any = Rules.ListOf().SelectMany(rules => Exceptions.ListOf().Select(exceptions =>
        new Policy([.. rules.Take(8).Select((r, i) => $"{{name: r{i}, {r}}}")], [.. exceptions.Take(4).Select((e, i) => $"{{name: e{i}, {e}}}")])));

    [Fact]
    public void Ask_RuleOrExceptionAboutSomethingElseIsAdded_AnswersTheSame()
    {
        var tried = 0;
        Prop.ForAll(Any.ToArbitrary(), Rules.Where(IsUnrelated).ToArbitrary(), Exceptions.Where(IsUnrelated).Zip(Questions.ListOf(20)).ToArbitrary(), (policy, rule, other) =>
        {
            var before = Load(policy, 1);
            var after = Load(new Policy([.. policy.Rules, $"{{name: unrelated, {rule}}}"], [.. policy.Exceptions, $"{{name: also, {other.Item1}}}"]), 1);
            if (before is null || after is null)
            {
                return true;
            }

            tried++;
            return before.Revision != after.Revision && other.Item2.All(q => q.Ask(before) == q.Ask(after));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.True(tried > 50, $"{tried} policies");
    }

    [Fact]
    public void Ask_OrderOrFilesChange_AnswersTheSameUnderTheSameRevision()
    {
        var tried = 0;
        Prop.ForAll(Any.ToArbitrary(), Gen.Choose(1, 5).Zip(Gen.Choose(0, 7)).ToArbitrary(), Questions.ListOf(20).ToArbitrary(), (policy, split, questions) =>
        {
            var before = Load(policy, 1);
            var after = Load(new Policy(Turned(policy.Rules, split.Item2), Turned(policy.Exceptions, split.Item2)), split.Item1);
            if (before is null || after is null)
            {
                return before is null && after is null;
            }

            tried++;
            return before.Revision == after.Revision && questions.All(q => q.Ask(before) == q.Ask(after)
                && before.MatchAnyNamespace(Reference(q), null, q.Time).Select(m => (m.Rule, m.Ended?.Name, m.NeedsDigest))
                    .SequenceEqual(after.MatchAnyNamespace(Reference(q), null, q.Time).Select(m => (m.Rule, m.Ended?.Name, m.NeedsDigest))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.True(tried > 50, $"{tried} policies");
    }

    /// <summary>What is answered without a namespace is what is answered in one of them, or without any.</summary>
    [Fact]
    public void MatchAnyNamespace_AnyPolicy_HoldsWhatMatchSaysInEveryNamespaceAndNothingElse() =>
        Prop.ForAll(Any.ToArbitrary(), Questions.ListOf(20).ToArbitrary(), (policy, questions) => Load(policy, 1) is not { } model || questions.All(q =>
        {
            var digest = q.TagIs is "A" ? Policies.A : q.TagIs is "B" ? Policies.B : null;
            var anywhere = model.MatchAnyNamespace(Reference(q), digest, q.Time).Select(Essence).ToHashSet();
            string?[] places = [null, "prod", "prod-a", "prod-b", "dev", "other"];
            return anywhere.SetEquals(places.Select(n => Essence(model.Match(Reference(q), digest, n, q.Time))));
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static (string? Rule, string? Ended, PolicyMode Mode, RuleAction Action) Essence(RuleMatch match) => (match.Rule, match.Ended?.Name, match.Mode, match.Action);

    private static Oci.ImageReference Reference(Question question) => Policies.Ref(Question.Expand(question.Image));

    private static bool IsUnrelated(string entry) => entry.Contains("unrelated", StringComparison.Ordinal);

    private static string[] Turned(string[] entries, int by) => [.. entries.Skip(by % Math.Max(1, entries.Length)).Concat(entries.Take(by % Math.Max(1, entries.Length))).Reverse()];

    /// <summary>The policy over this many files; null where it has a tie or a contradiction.</summary>
    private static PolicyModel? Load(Policy policy, int files) => Policies.Load([.. Enumerable.Range(0, files).Select(i =>
        Policies.Head + (i == 0 ? Policies.Authorities : "")
        + $"rules: [{string.Join(", ", policy.Rules.Where((_, at) => at % files == i).Select(Question.Expand))}]\n"
        + $"exceptions: [{string.Join(", ", policy.Exceptions.Where((_, at) => at % files == i).Select(Question.Expand))}]\n")]).Model;

    private sealed record Policy(string[] Rules, string[] Exceptions);
}
