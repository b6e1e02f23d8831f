using System.Collections.Immutable;
using NodeGate.Verification.Certificates;

namespace NodeGate.Verification;

/// <summary>An authority of a trust root whose certificates are trusted: a Fulcio, or a timestamp authority (sigstore_trustroot.proto, CertificateAuthority).</summary>
public sealed class CertificateAuthority
{
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
}
