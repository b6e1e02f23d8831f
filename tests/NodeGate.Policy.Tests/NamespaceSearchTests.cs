using FsCheck;
using FsCheck.Fluent;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Tests;

/// <summary>Whether selectors can meet, against trying all short namespaces.</summary>
public sealed class NamespaceSearchTests
{
    private static readonly Gen<string> Patterns = Gen.Elements("a", "b", "*")
        .ListOf().Select(p => string.Concat(p.Take(3)).Replace("**", "*", StringComparison.Ordinal).Replace("**", "*", StringComparison.Ordinal))
        .Select(p => p.Length == 0 ? "*" : p);

    private static readonly Gen<NamespaceSelector> Selectors = Patterns.ListOf()
        .SelectMany(include => Patterns.ListOf().Select(exclude => new NamespaceSelector([.. include.Take(2)], [.. exclude.Take(2)])));

    [Fact]
    public void MayExist_AnySelectors_AgreesWithAllShortNamespaces()
    {
        var names = Names(6).ToArray();
        Prop.ForAll(Selectors.ToArbitrary(), Selectors.ToArbitrary(), (left, right) =>
            NamespaceSearch.MayExist([left, right], []) == names.Any(n => left.Matches(n) && right.Matches(n))
            && NamespaceSearch.MayExist([left], [right]) == names.Any(n => left.Matches(n) && !right.Matches(n))
            && NamespaceSearch.MayExist([], [left, right]) == names.Any(n => !left.Matches(n) && !right.Matches(n)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    /// <summary>Names of up to <paramref name="length"/> characters of those that the patterns name, and one that they do not.</summary>
    private static IEnumerable<string> Names(int length) => length == 0
        ? []
        : Names(length - 1).Append("").SelectMany(n => n.Length == length - 1 ? new[] { n + "a", n + "b", n + "c" } : [n]).Where(n => n.Length > 0).Concat(
            Names(length - 1)).Distinct(StringComparer.Ordinal);
}
