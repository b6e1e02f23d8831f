using System.Collections.Immutable;

namespace NodeGate.Policy.Loading.Trust;

/// <summary>A private Sigstore as it is written.</summary>
internal sealed record SigstoreConfig(
    PolicyPosition Position,
    ImmutableArray<MemberConfig> CertificateAuthorities,
    ImmutableArray<MemberConfig> CertificateLogs,
    ImmutableArray<MemberConfig> TransparencyLogs,
    ImmutableArray<MemberConfig> TimestampAuthorities);
