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
    public static Finding<SignerCertificates> Check(SignatureMaterial material, TrustRoot root) =>
        Finding.Read(DecisionReason.CertificateInvalid, $"{material.Certificates.Length} readable", () => Read(material, root));

    private static SignerCertificates Read(SignatureMaterial material, TrustRoot root)
    {
        ImmutableArray<Certificate> certificates = [.. material.Certificates.Select(c => Known(c, root) ?? Certificate.Read(c))];
        // Roots come from the trust root alone; one in a bundle can only mislead whoever builds paths (conformance: bundle-with-root-cert).
        // check: certificate-root
        if (!material.AllowsRoot && certificates.Skip(1).Any(c => c.IsSelfIssued))
        {
            throw new EvidenceFormatException("the bundle's chain has a self-signed certificate, which only a trust root may have");
        }

        return new SignerCertificates(certificates[0], certificates[1..]);
    }

    /// <summary>The usual chain brings the authority's own intermediate, which the trust root has read already, its key made ready.</summary>
    private static Certificate? Known(byte[] certificate, TrustRoot root) =>
        root.CertificateAuthorities.SelectMany(a => a.Chain).FirstOrDefault(c => c.Raw.Span.SequenceEqual(certificate));
}
