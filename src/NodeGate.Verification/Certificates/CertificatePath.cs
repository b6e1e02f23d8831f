using System.Collections.Immutable;

namespace NodeGate.Verification.Certificates;

/// <summary>A path whose signatures and rules hold. Whether it is valid at some time is another question.</summary>
/// <param name="Authority">Where it leads.</param>
/// <param name="Certificates">The leaf first, the authority's anchor last; at least two.</param>
internal sealed record CertificatePath(CertificateAuthority Authority, ImmutableArray<Certificate> Certificates)
{
    public Certificate Leaf => Certificates[0];

    /// <summary>The leaf's issuer.</summary>
    public Certificate Issuer => Certificates[1];
}
