using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>A private Sigstore from its parts.</summary>
internal sealed record NativeTrustRoot(string Name, PolicyPosition Origin)
{
    public ImmutableArray<NativeMember> CertificateAuthorities { get; init; } = [];

    public ImmutableArray<NativeMember> CertificateLogs { get; init; } = [];

    public ImmutableArray<NativeMember> TransparencyLogs { get; init; } = [];
}
