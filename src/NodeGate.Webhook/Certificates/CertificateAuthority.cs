using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeGate.Webhook.Certificates;

/// <summary>Makes the authority and the certificate of the self-signed mode. The authority signs servers' certificates and no further authority.</summary>
internal static class CertificateAuthority
{
    internal static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3652);

    internal static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(90);

    /// <summary>The clocks of API servers may be behind ours.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromMinutes(10);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>A new authority with its key.</summary>
    internal static X509Certificate2 Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The name differs for each: chains are searched by it, and two authorities of one name would be tried in any order.
        var name = $"CN=nodegate-webhook-ca-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - Backdated, now + AuthorityLifetime, Serial());
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A server's certificate with its key, for <paramref name="names"/>.</summary>
    internal static X509Certificate2 Issue(X509Certificate2 authority, IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The names proper are in the extension; the common name has 64 characters, and nobody compares it any more.
        var request = new CertificateRequest("CN=nodegate-webhook", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        // Never beyond its authority, also where the clocks of two replicas differ.
        var begin = Later(now - Backdated, new DateTimeOffset(authority.NotBefore));
        var end = Earlier(now + LeafLifetime, new DateTimeOffset(authority.NotAfter));
        using var certificate = request.Create(authority, begin, end, Serial());
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate's key in PEM.</summary>
    internal static string KeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    /// <summary>128 random bits, positive and without a leading zero (RFC 5280 4.1.2.2: at most 20 octets).</summary>
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }
}
