using System.Security.Cryptography;
using NodeGate.Fuzz.Engine;
using NodeGate.Webhook;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Fuzz.Targets.Webhook;

/// <summary>The webhook's own PEM files. Oracles: only CryptographicException is thrown; a pair has its key and a bounded chain, and no message quotes a key.</summary>
internal sealed class CertificateFileTarget : IFuzzTarget
{
    // Made for this file; nothing trusts it.
    private const string Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBHDCBwqADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBGZ1eno=
        -----END CERTIFICATE-----
        """;

    public string Name => "certificate-file";

    public IReadOnlyList<Type> Parsers => [typeof(CertificatePair)];

    public IEnumerable<byte[]> Seeds => Text.Each("", Certificate, "-----BEGIN PRIVATE KEY-----\nczNjcjN0\n-----END PRIVATE KEY-----\n", Certificate + "\n" + Certificate);

    public string Check(byte[] input)
    {
        try
        {
            var pair = CertificatePair.Parse(input, input, "here");
            FuzzFailure.Unless(pair.Leaf.HasPrivateKey && pair.Chain.Count <= WebhookLimits.MaxCertificates, "a pair has its key and a bounded chain");
            return "accepted";
        }
        catch (CryptographicException e)
        {
            FuzzFailure.Unless(e.Message.StartsWith("here: ", StringComparison.Ordinal) && !e.Message.Contains("s3cr3t", StringComparison.Ordinal), "no message quotes a key");
            return Outcome.Refused(e.Message);
        }
    }
}
