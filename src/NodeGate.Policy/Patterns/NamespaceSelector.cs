using System.Collections.Immutable;

namespace NodeGate.Policy.Patterns;

/// <summary>A rule's <c>namespaces</c>: the namespaces that match an <c>include</c> (all, where there is none) and no <c>exclude</c>.</summary>
internal sealed class NamespaceSelector
{
    public NamespaceSelector(ImmutableArray<string> include, ImmutableArray<string> exclude)
    {
        Include = [.. include.Select(p => new Glob(p))];
        Exclude = [.. exclude.Select(p => new Glob(p))];
    }

    public ImmutableArray<Glob> Include { get; }

    public ImmutableArray<Glob> Exclude { get; }

    public bool Matches(string @namespace) =>
        (Include.IsEmpty || Include.Any(g => g.IsMatch(@namespace))) && !Exclude.Any(g => g.IsMatch(@namespace));
}
