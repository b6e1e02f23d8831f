using System.Collections.Immutable;
using NodeGate.Policy.Loading.Trust;

namespace NodeGate.Policy.Loading;

/// <summary>An authority of keys as it is written.</summary>
internal sealed record CosignConfig(PolicyPosition Position, ImmutableArray<KeyConfig> Keys, TrustConfig? Log, EvidenceForm Form);
