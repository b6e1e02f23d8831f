using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace NodeGate.Webhook.Certificates;

/// <summary>A server's certificate with its key, and what a client needs to find its authority.</summary>
internal sealed record CertificatePair(X509Certificate2 Leaf, X509Certificate2Collection Chain)
{
    internal DateTimeOffset Expires => new(Leaf.NotAfter.ToUniversalTime());

    /// <summary>Reads PEM; the first certificate is the server's, as in every server's chain file.</summary>
    /// <exception cref="CryptographicException">It cannot be used; the message says what was expected and quotes nothing of a key.</exception>
    internal static CertificatePair Parse(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> key, string where)
    {
        var chain = ParseCertificates(certificate, where);
        if (chain.Count == 0)
        {
            throw new CryptographicException($"{where}: found no PEM certificate; expected the server's certificate, followed by those of its chain.");
        }

        try
        {
            return new CertificatePair(X509Certificate2.CreateFromPem(chain[0].ExportCertificatePem(), Encoding.UTF8.GetString(key)), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            throw new CryptographicException($"{where}: found a key that does not belong to the first certificate, or no key ({e.Message}); "
                + "expected its private key in PEM without a passphrase.", e);
        }
    }

    /// <summary>The certificates of a PEM text; none where there are none.</summary>
    /// <exception cref="CryptographicException">One of them is none, or there are too many.</exception>
    internal static X509Certificate2Collection ParseCertificates(ReadOnlySpan<byte> pem, string where)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException($"{where}: found a certificate that cannot be read ({e.Message}); expected X.509 in PEM.", e);
        }

        return certificates.Count <= WebhookLimits.MaxCertificates
            ? certificates
            : throw new CryptographicException($"{where}: found {certificates.Count} certificates; at most {WebhookLimits.MaxCertificates} are read.");
    }

    // Offline: what a certificate names as its issuer's address is no reason to go there.
    internal SslStreamCertificateContext ToContext() => SslStreamCertificateContext.Create(Leaf, Chain, offline: true);
}
