using System.Collections.Immutable;

namespace NodeGate.Policy.Loading;

/// <summary>An authority as it is written.</summary>
internal sealed record AuthorityConfig(
    Located? Name,
    PolicyPosition Position,
    ImmutableArray<KeyConfig> Keys,
    bool AcceptBundle,
    bool AcceptLegacy,
    ImmutableDictionary<string, string> Annotations);
