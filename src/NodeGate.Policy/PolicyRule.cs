using System.Collections.Immutable;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy;

/// <summary>One validated rule.</summary>
public sealed class PolicyRule
{
    internal PolicyRule(
        string name, PolicyPosition position, PolicyMode mode, ImmutableArray<ImagePattern> patterns, NamespaceSelector? namespaces, RuleAction action)
    {
        Name = name;
        Position = position;
        Mode = mode;
        Patterns = patterns;
        Namespaces = namespaces;
        Action = action;
    }

    /// <summary>The name, unique in the policy.</summary>
    public string Name { get; }

    /// <summary>Where it is written.</summary>
    public PolicyPosition Position { get; }

    /// <summary>The rule's own mode, or that of its document.</summary>
    public PolicyMode Mode { get; }

    /// <summary>The normalised patterns, as text.</summary>
    public ImmutableArray<string> Images => [.. Patterns.Select(p => p.Text)];

    /// <summary>True when the rule holds in some namespaces only.</summary>
    public bool NamesNamespaces => Namespaces is not null;

    /// <summary>What it does.</summary>
    public RuleAction Action { get; }

    /// <summary>The repository that a signature may name instead of the pulled one, normalised; null: only the pulled one.</summary>
    public string? SignedRepository { get; internal init; }

    /// <summary>True when a reference by tag is refused (<c>requireDigest</c>).</summary>
    public bool RequiresDigest { get; internal init; }

    /// <summary>
    /// True when the signature of the one image that this node runs is good enough where the index around it has none (<c>platform: verify</c>).
    /// </summary>
    public bool VerifiesPlatform { get; internal init; }

    /// <summary>The repository that signatures lie in instead of the image's own, normalised (<c>signatureRepository</c>); or null.</summary>
    public string? SignatureRepository { get; internal init; }

    /// <summary>True when an admission may be used for <c>cache.graceFor</c> beyond its time while registry or log cannot be reached (<c>grace: allow</c>).</summary>
    public bool AllowsGrace { get; internal init; }

    internal ImmutableArray<ImagePattern> Patterns { get; }

    internal NamespaceSelector? Namespaces { get; }
}
