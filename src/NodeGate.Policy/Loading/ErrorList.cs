using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Collects every error of a load.</summary>
internal sealed class ErrorList
{
    private readonly List<PolicyError> _errors = [];

    public int Count => _errors.Count;

    public void Add(PolicyPosition position, string found, string expected) => _errors.Add(new PolicyError(position, found, expected));

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
