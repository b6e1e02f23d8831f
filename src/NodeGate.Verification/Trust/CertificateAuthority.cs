using System.Collections.Concurrent;
using System.Collections.Immutable;
using NodeGate.Verification.Certificates;

namespace NodeGate.Verification;

/// <summary>An authority of a trust root whose certificates are trusted: a Fulcio, or a timestamp authority (sigstore_trustroot.proto, CertificateAuthority).</summary>
public sealed class CertificateAuthority
{
    private readonly ConcurrentDictionary<(Certificate Issued, Certificate Issuer), string> _signatures = new();

    internal CertificateAuthority(string uri, ImmutableArray<Certificate> chain, ValidityPeriod validFor)
    {
        Uri = uri;
        Chain = chain;
        ValidFor = validFor;
    }

    /// <summary>Its address; never contacted. For a timestamp authority it is its identity in thresholds.</summary>
    public string Uri { get; }

    /// <summary>When its certificates are good; beside their own validity.</summary>
    public ValidityPeriod ValidFor { get; }

    /// <summary>The certificates, leaf or intermediate first; the last is the trust anchor, which need not be self-signed. Never empty.</summary>
    internal ImmutableArray<Certificate> Chain { get; }

    /// <summary>The trust anchor.</summary>
    internal Certificate Anchor => Chain[^1];

    /// <summary>The chain's own instance of a certificate, or the one given where the chain does not have it.</summary>
    internal Certificate Own(Certificate certificate) => Chain.FirstOrDefault(c => c.IsSame(certificate)) ?? certificate;

    /// <summary>
    /// What is wrong with the signature of <paramref name="issued"/> by <paramref name="issuer"/>; empty where it holds. Within the chain it is always
    /// the same, so it is verified once: what is left for each verification is the leaf's.
    /// </summary>
    internal string SignatureProblem(Certificate issued, Certificate issuer) => Chain.Contains(issued) && Chain.Contains(issuer)
        ? _signatures.GetOrAdd((issued, issuer), static pair => CertificateSignature.Problem(pair.Issued, pair.Issuer) ?? string.Empty)
        : CertificateSignature.Problem(issued, issuer) ?? string.Empty;
}
