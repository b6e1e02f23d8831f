using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Policy.Tests;

/// <summary>The files of a small Sigstore: one authority of each kind, as parts and as trusted_root.json.</summary>
internal static class TrustFiles
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static TrustFiles()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("root", rootKey);
        using var root = request.CreateSelfSigned(Start, Start.AddYears(5));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediate = Request("intermediate", key).Create(root, Start, Start.AddYears(4), [1, 2, 3]);
        RootPem = root.ExportCertificatePem() + "\n";
        ChainPem = intermediate.ExportCertificatePem() + "\n" + RootPem;
        ReversedPem = RootPem + intermediate.ExportCertificatePem() + "\n";
        RootDer = root.RawData;
    }

    public static string RootPem { get; }

    public static string ChainPem { get; }

    public static string ReversedPem { get; }

    private static byte[] RootDer { get; }

    /// <summary>A trusted_root.json with members of these kinds.</summary>
    public static byte[] Json(int authorities = 1, int logs = 1, int timestamps = 1)
    {
        var period = new JsonObject { ["start"] = "2026-01-01T00:00:00Z" };
        var document = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            ["certificateAuthorities"] = Members(authorities, i => Authority("https://fulcio.example/" + i)),
            ["timestampAuthorities"] = Members(timestamps, i => Authority("https://tsa.example/" + i)),
            ["tlogs"] = Members(logs, i => Log($"https://rekor{i}.example", i == 0 ? Policies.One : i == 1 ? Policies.Two : Policies.Three)),
            ["ctlogs"] = new JsonArray(),
        };
        return Encoding.UTF8.GetBytes(document.ToJsonString());

        JsonObject Authority(string uri) => new()
        {
            ["uri"] = uri,
            ["certChain"] = new JsonObject { ["certificates"] = new JsonArray(new JsonObject { ["rawBytes"] = Convert.ToBase64String(RootDer) }) },
            ["validFor"] = period.DeepClone(),
        };

        JsonObject Log(string url, SigningKey key) => new()
        {
            ["baseUrl"] = url,
            ["hashAlgorithm"] = "SHA2_256",
            ["publicKey"] = new JsonObject
            {
                ["rawBytes"] = Convert.ToBase64String(key.PublicDer),
                ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256",
                ["validFor"] = period.DeepClone(),
            },
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(SHA256.HashData(key.PublicDer)) },
        };
    }

    private static JsonArray Members(int count, Func<int, JsonObject> make) => [.. Enumerable.Range(0, count).Select(make)];

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }
}
