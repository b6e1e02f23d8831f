using System.Collections.Immutable;

namespace NodeGate.Policy.Loading;

/// <summary>Which formats of evidence an authority accepts, and the annotations that signatures must carry.</summary>
internal sealed record EvidenceForm(bool AcceptBundle, bool AcceptLegacy, ImmutableDictionary<string, string> Annotations);
