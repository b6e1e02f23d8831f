using System.Collections.Immutable;

namespace NodeGate.Policy.Loading;

/// <summary>A node of a rule's <c>require</c>: the name of an authority, or a list.</summary>
internal sealed record RequireConfig(PolicyPosition Position, RequireKind Kind, string Authority, int Count, ImmutableArray<RequireConfig> Members);
