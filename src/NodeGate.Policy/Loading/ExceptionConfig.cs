using System.Collections.Immutable;

namespace NodeGate.Policy.Loading;

/// <summary>An exception as it is written. What was refused is missing.</summary>
internal sealed record ExceptionConfig(
    Located? Name,
    PolicyPosition Position,
    ImmutableArray<Located> Images,
    NamespacesConfig? Namespaces,
    DateTimeOffset? Expires,
    string? Owner,
    string? Ticket);
