using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>A certificate transparency log (RFC 6962): it promises with a signature over the certificate to log it.</summary>
public sealed class VirtualCtLog(SigningKey? key = null, string baseUrl = "https://ctfe.virtual.test")
{
    public SigningKey Key { get; } = key ?? SigningKey.Create();

    /// <summary>RFC 6962 section 3.2: the SHA-256 of the log's key.</summary>
    public byte[] Id => SHA256.HashData(Key.PublicDer);

    /// <summary>An element of <c>ctlogs</c> in a trusted root.</summary>
    public JsonObject TrustedEntry(DateTimeOffset from, DateTimeOffset? to = null) => TrustedEntries.Log(baseUrl, Key, Id, from, to);

    /// <summary>The extension for a certificate whose bytes without it are <paramref name="precertificate"/>.</summary>
    public CertificateExtension Extension(byte[] precertificate, SigningKey issuer, DateTimeOffset time, SctOptions options)
    {
        var scts = options.Empty ? [] : (options.Logs ?? [this]).Select(log => log.Promise(precertificate, issuer, time, options));
        byte[] list = [.. scts.SelectMany(sct => (byte[])[.. Number(sct.Length, 2), .. sct])];
        list = [.. Number(list.Length, 2), .. list];
        list = options.AlterList?.Invoke(list) ?? list;
        var value = Der.OctetString(list);
        return new CertificateExtension(Oids.SctList, false, options.AlterExtension?.Invoke(value) ?? value);
    }

    private byte[] Promise(byte[] precertificate, SigningKey issuer, DateTimeOffset time, SctOptions options)
    {
        var timestamp = Number((options.Timestamp ?? time).ToUnixTimeMilliseconds(), 8);
        var logged = options.AlterTbs?.Invoke(precertificate) ?? precertificate;
        byte[] extensions = [.. Number(options.Extensions.Length, 2), .. options.Extensions];

        // RFC 6962 section 3.2: version, certificate_timestamp, time, precert_entry, issuer_key_hash, TBSCertificate, extensions.
        byte[] promised =
        [
            0, 0, .. timestamp, .. Number(1, 2), .. SHA256.HashData((options.Issuer ?? issuer).PublicDer),
            .. Number(logged.Length, 3), .. logged, .. extensions,
        ];
        var signature = (options.SigningKey ?? Key).Sign(promised);
        byte[] sct =
        [
            options.Version, .. Id, .. timestamp, .. extensions,
            options.HashAlgorithm, options.SignatureAlgorithm ?? (byte)(Key is RsaSigningKey ? 1 : 3), .. Number(signature.Length, 2), .. signature,
        ];
        return options.AlterSct?.Invoke(sct) ?? sct;
    }

    private static byte[] Number(long value, int bytes)
    {
        var all = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(all, value);
        return all[(8 - bytes)..];
    }
}
