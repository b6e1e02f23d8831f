using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Tests.Certificates;

public sealed class CertificatePairTests
{
    [Fact]
    public void Parse_KeyOfAnUnknownCurve_IsABadKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        var pkcs8 = key.ExportPkcs8PrivateKey();
        var curve = pkcs8.AsSpan().IndexOf(Convert.FromHexString("2A8648CE3D030107"));
        pkcs8[curve + 6] = 7;
        var pem = PemEncoding.WriteString("PRIVATE KEY", pkcs8);

        var bad = Assert.Throws<CryptographicException>(
            () => CertificatePair.Parse(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), Encoding.ASCII.GetBytes(pem), "here"));

        Assert.StartsWith("here: found a key that does not belong to the first certificate, or no key", bad.Message, StringComparison.Ordinal);
    }
}
