using System.Collections.Immutable;

namespace NodeGate.Policy.Loading;

/// <summary>A rule's <c>namespaces</c> as it is written.</summary>
internal sealed record NamespacesConfig(ImmutableArray<string> Include, ImmutableArray<string> Exclude);
