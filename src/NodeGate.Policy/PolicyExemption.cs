using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy;

/// <summary>
/// An entry of <c>exceptions</c> (design.md section 6): a digest that goes through without evidence until a set time. It decides before
/// every rule and ends by itself.
/// </summary>
public sealed class PolicyExemption
{
    internal PolicyExemption(
        string name, PolicyPosition position, ImmutableArray<ImagePattern> patterns, NamespaceSelector? namespaces, DateTimeOffset expires, string owner)
    {
        Name = name;
        Position = position;
        Patterns = patterns;
        Namespaces = namespaces;
        Expires = expires;
        Owner = owner;
    }

    /// <summary>The name, unique among rules and exceptions: decisions name it as what decided.</summary>
    public string Name { get; }

    /// <summary>Where it is written.</summary>
    public PolicyPosition Position { get; }

    /// <summary>The normalised patterns, as text; each names a digest.</summary>
    public ImmutableArray<string> Images => [.. Patterns.Select(p => p.Text)];

    /// <summary>The first moment at which it does not hold any more.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>Who answers for it.</summary>
    public string Owner { get; }

    /// <summary>Where it was agreed on, or null.</summary>
    public string? Ticket { get; internal init; }

    internal ImmutableArray<ImagePattern> Patterns { get; }

    internal NamespaceSelector? Namespaces { get; }

    internal bool HoldsAt(DateTimeOffset now) => now < Expires;

    /// <summary>The pattern that covers what would be pulled, or null. Neither namespace nor time is looked at.</summary>
    internal ImagePattern? Covers(ImageReference reference, Digest? resolved)
    {
        var pulled = resolved ?? reference.Digest;
        return pulled is null ? null : Patterns.Where(p => p.Digest == pulled && p.MatchesName(reference.PolicyName)).MinBy(p => p.Text, StringComparer.Ordinal);
    }
}
