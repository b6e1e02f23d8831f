using System.Collections.Immutable;
using NodeGate.Policy.Loading.Trust;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>An authority of identities as it is written.</summary>
internal sealed record KeylessConfig(
    TrustConfig Trust, ImmutableArray<IdentityRequirement> Identities, ImmutableDictionary<string, string> Certificate, EvidenceForm Form);
