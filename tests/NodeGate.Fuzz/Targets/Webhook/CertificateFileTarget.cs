using System.Security.Cryptography;
using System.Text.Json;
using NodeGate.Fuzz.Engine;
using NodeGate.Webhook;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Fuzz.Targets.Webhook;

/// <summary>
/// The webhook's own PEM, in files and in its Secret. Oracles: only CryptographicException is thrown; a pair has its key and a bounded chain, and no message quotes a key; the
/// Secret is used as far as it can be, with a problem told where something in it cannot.
/// </summary>
internal sealed class CertificateFileTarget : IFuzzTarget
{
    // Made for this file; nothing trusts it.
    private const string Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBczCCARmgAwIBAgIUFPMbIb+/xAEdAsdTkCm3QORdNGEwCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEZnV6ejAeFw0yNjExMjEyMTQ0MzZaFw0zNjExMTgyMTQ0MzZa
        MA8xDTALBgNVBAMMBGZ1enowWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAShFf7r
        m6ZIstmwpB1AIn0xwN5d41q65ITuRjpBVj6j7tK1lZCyU0RL8AXP8RWLBWtQnq30
        anylxwHr5bNMT2IWo1MwUTAdBgNVHQ4EFgQUBEiPfcIUbsiI/eC/3nUKZwD3cYcw
        HwYDVR0jBBgwFoAUBEiPfcIUbsiI/eC/3nUKZwD3cYcwDwYDVR0TAQH/BAUwAwEB
        /zAKBggqhkjOPQQDAgNIADBFAiEA420jYVtjpwhTnw7R253wl3vIXiP2l+B5DPRT
        Ssbwfk4CIGWay/hc+R3AGyDMguA6jKGJJrPKJcLKphznFsIrFIyl
        -----END CERTIFICATE-----
        """;

    private const string Key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO/if2L7BdFH/IwKY
        wBi63SQiaupGTGmWoS+MQykaq5GhRANCAAShFf7rm6ZIstmwpB1AIn0xwN5d41q6
        5ITuRjpBVj6j7tK1lZCyU0RL8AXP8RWLBWtQnq30anylxwHr5bNMT2IW
        -----END PRIVATE KEY-----
        """;

    public string Name => "certificate-file";

    public IReadOnlyList<Type> Parsers => [typeof(CertificatePair), typeof(SecretContent)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "", Certificate, Certificate + "\n" + Key, Key + "\n" + Certificate + "\n" + Certificate, "-----BEGIN PRIVATE KEY-----\nczNjcjN0\n-----END PRIVATE KEY-----\n");

    public string Check(byte[] input)
    {
        var pem = Convert.ToBase64String(input);
        using var secret = JsonDocument.Parse($$$"""{"data":{"ca.crt":"{{{pem}}}","ca.key":"{{{pem}}}","tls.crt":"{{{pem}}}","tls.key":"{{{pem}}}"}}""");
        var content = SecretContent.Read(secret.RootElement, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        FuzzFailure.Unless(content.Problem is not null || input.Length == 0 || content is { Served: not null, Authority: not null }, "what cannot be used is told");
        return $"{CheckFiles(input)}, {content.Trusted.Length} trusted, {content.Served is not null}";
    }

    private static string CheckFiles(byte[] input)
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
