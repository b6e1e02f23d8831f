using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;

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

    /// <summary>An authority of a private Sigstore, from its certificates in PEM: the signer's issuer (or a timestamp authority's signer) first, the anchor last.</summary>
    /// <param name="uri">Its address.</param>
    /// <param name="certificates">The file's bytes.</param>
    /// <param name="validFor">When its certificates are good; beside their own validity.</param>
    /// <param name="authority">The authority.</param>
    /// <param name="error">What was found and what was expected.</param>
    public static bool TryCreate(
        string uri,
        ReadOnlySpan<byte> certificates,
        ValidityPeriod validFor,
        [NotNullWhen(true)] out CertificateAuthority? authority,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        ArgumentNullException.ThrowIfNull(validFor);
        authority = null;
        // check: limit-certificate-file
        if (certificates.Length > VerificationLimits.MaxCertificateFileBytes)
        {
            error = $"{certificates.Length} bytes are too many for a chain of certificates; at most {VerificationLimits.MaxCertificateFileBytes} are read";
            return false;
        }

        try
        {
            var chain = CertificatePem.Read(Encoding.UTF8.GetString(certificates));
            error = Disorder(chain);
            authority = error is null ? new CertificateAuthority(uri, chain, validFor) : null;
        }
        catch (EvidenceFormatException e)
        {
            error = e.Message;
        }

        return authority is not null;
    }

    /// <summary>The anchor is the last certificate, so a file in another order would trust another one than is meant.</summary>
    private static string? Disorder(ImmutableArray<Certificate> chain)
    {
        for (var i = 1; i < chain.Length; i++)
        {
            // check: authority-chain-order
            if (!chain[i - 1].Issuer.Span.SequenceEqual(chain[i].Subject.Span))
            {
                return $"certificate {i} was not issued by certificate {i + 1}; expected each certificate before that of its issuer, the trust anchor last";
            }
        }

        return null;
    }
}
