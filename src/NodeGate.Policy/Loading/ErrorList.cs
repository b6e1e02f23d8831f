using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Collects every error of a load.</summary>
public sealed class ErrorList
{
    private readonly List<PolicyError> _errors = [];

    /// <summary>How many were added.</summary>
    public int Count => _errors.Count;

    /// <summary>Adds what was found at <paramref name="position"/> and what was expected, with the fix.</summary>
    public void Add(PolicyPosition position, string found, string expected) => _errors.Add(new PolicyError(position, found, expected));

    /// <summary>Adds that <paramref name="node"/> is not what was expected.</summary>
    public void Add(YamlNode node, string expected) => Add(node.Position, node.Describe(), expected);

    /// <summary>By file, line and column; one that was found twice is told once.</summary>
    public ImmutableArray<PolicyError> ToSorted() =>
    [
        .. _errors.Distinct()
            .OrderBy(e => e.Position.File, StringComparer.Ordinal)
            .ThenBy(e => e.Position.Line)
            .ThenBy(e => e.Position.Column)
            .ThenBy(e => e.Position.Path, StringComparer.Ordinal)
            .ThenBy(e => e.Found, StringComparer.Ordinal),
    ];
}
