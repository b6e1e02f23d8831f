using System.Globalization;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>The elements of trusted_root.json.</summary>
public static class TrustedEntries
{
    public static JsonObject Log(string baseUrl, SigningKey key, byte[] id, DateTimeOffset from, DateTimeOffset? to) => new()
    {
        ["baseUrl"] = baseUrl,
        ["hashAlgorithm"] = "SHA2_256",
        ["publicKey"] = new JsonObject
        {
            ["rawBytes"] = Convert.ToBase64String(key.PublicDer),
            ["keyDetails"] = key.KeyDetails,
            ["validFor"] = Period(from, to),
        },
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(id) },
    };

    /// <param name="chain">The first issuer first, the anchor last.</param>
    public static JsonObject Authority(string uri, string commonName, IEnumerable<byte[]> chain, DateTimeOffset from, DateTimeOffset? to) => new()
    {
        ["subject"] = new JsonObject { ["organization"] = "virtual.test", ["commonName"] = commonName },
        ["uri"] = uri,
        ["certChain"] = new JsonObject { ["certificates"] = Certificates(chain) },
        ["validFor"] = Period(from, to),
    };

    public static JsonArray Certificates(IEnumerable<byte[]> chain) =>
        new([.. chain.Select(certificate => new JsonObject { ["rawBytes"] = Convert.ToBase64String(certificate) })]);

    public static JsonObject Period(DateTimeOffset from, DateTimeOffset? to)
    {
        var period = new JsonObject { ["start"] = Text(from) };
        if (to is { } end)
        {
            period["end"] = Text(end);
        }

        return period;
    }

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
