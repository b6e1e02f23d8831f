using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace NodeGate.Registry.Http;

/// <summary>How TLS is spoken to a host. Setups with the same <see cref="Key"/> share one connection pool.</summary>
/// <param name="Key">A digest over everything that distinguishes setups, the content of the files included.</param>
/// <param name="Authorities">Trusted besides the system's own.</param>
/// <param name="ClientCertificates">With their private keys.</param>
/// <param name="SkipVerify">The administrator asked for no verification of this host (<c>skip_verify</c>), or it is localhost, as in containerd.</param>
/// <param name="DialTimeout">The bound on connecting.</param>
internal sealed record TlsSetup(
    string Key,
    ImmutableArray<X509Certificate2> Authorities,
    ImmutableArray<X509Certificate2> ClientCertificates,
    bool SkipVerify,
    TimeSpan DialTimeout);
