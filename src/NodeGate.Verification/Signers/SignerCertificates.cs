using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Signers;

/// <summary>The certificates that came with a signature: the signer's, and what may help to find the way to an authority. None of them is an anchor.</summary>
internal sealed record SignerCertificates(Certificate Leaf, ImmutableArray<Certificate> Intermediates)
{
    /// <summary>Step <c>certificate</c>.</summary>
    public static Finding<SignerCertificates> Check(SignatureMaterial material) =>
        Finding.Read(DecisionReason.CertificateInvalid, $"{material.Certificates.Length} readable", () => Read(material));

    private static SignerCertificates Read(SignatureMaterial material)
    {
        ImmutableArray<Certificate> certificates = [.. material.Certificates.Select(c => Certificate.Read(c))];
        // Roots come from the trust root alone; one in a bundle can only mislead whoever builds paths (conformance: bundle-with-root-cert).
        // check: certificate-root
        if (!material.AllowsRoot && certificates.Skip(1).Any(c => c.IsSelfIssued))
        {
            throw new EvidenceFormatException("the bundle's chain has a self-signed certificate, which only a trust root may have");
        }

        return new SignerCertificates(certificates[0], certificates[1..]);
    }
}
