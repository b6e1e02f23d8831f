using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Certificates;

/// <summary>
/// What the Secret of the self-signed mode holds: <c>ca.crt</c> with every authority that counts, the newest first, <c>ca.key</c> of the newest,
/// <c>tls.crt</c> and <c>tls.key</c>.
/// </summary>
/// <param name="Authority">The newest authority with its key; null where there is none that can be used.</param>
/// <param name="Trusted">All authorities that have not ended, the newest first.</param>
/// <param name="Served">The server's certificate; null where there is none that can be used.</param>
/// <param name="Problem">Why something that is there cannot be used; null where all can, or nothing is there.</param>
internal sealed record SecretContent(
    X509Certificate2? Authority, ImmutableArray<X509Certificate2> Trusted, CertificatePair? Served, string? Problem)
{
    private const string AuthorityCertificate = "ca.crt";
    private const string AuthorityKey = "ca.key";
    private const string ServerCertificate = "tls.crt";
    private const string ServerKey = "tls.key";

    /// <summary>The authorities in PEM: what a <c>caBundle</c> carries.</summary>
    internal string Bundle => PemOf(Trusted);

    /// <summary>Whether <paramref name="secret"/> holds a certificate that somebody else made, such as cert-manager: not ours to replace.</summary>
    internal static bool IsSomebodyElses(JsonElement secret) => Bytes(secret, ServerCertificate).Length > 0 && Bytes(secret, AuthorityKey).Length == 0;

    internal static SecretContent Read(JsonElement secret, DateTimeOffset now)
    {
        string? problem = null;
        T? Try<T>(Func<T> read)
            where T : class
        {
            try
            {
                return read();
            }
            catch (CryptographicException e)
            {
                problem ??= e.Message;
                return null;
            }
        }

        var authorities = Bytes(secret, AuthorityCertificate);
        var trusted = authorities.Length == 0 ? [] : Try(() => CertificatePair.ParseCertificates(authorities, AuthorityCertificate)) ?? [];
        var authority = authorities.Length == 0 ? null : Try(() => ReadAuthority(authorities, Bytes(secret, AuthorityKey)));
        var certificate = Bytes(secret, ServerCertificate);
        var served = certificate.Length == 0
            ? null
            : Try(() => CertificatePair.Parse(certificate, Bytes(secret, ServerKey), $"{ServerCertificate} and {ServerKey}"));
        return new SecretContent(authority, [.. trusted.Where(one => one.NotAfter.ToUniversalTime() > now.UtcDateTime)], served, problem);
    }

    /// <summary>With a new authority before the others, and the certificate that was served until now.</summary>
    internal SecretContent With(X509Certificate2 authority) =>
        this with { Authority = authority, Trusted = [authority, .. Trusted.Take(WebhookLimits.MaxCertificates - 1)], Problem = null };

    internal SecretContent With(CertificatePair served) => this with { Served = served };

    /// <summary>Whether the served certificate is of the newest authority, and for exactly these names.</summary>
    internal bool IsServedFor(IReadOnlyList<string> names) =>
        Served is not null && IsOfNewestAuthority
        && Served.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames())
            .ToHashSet(StringComparer.Ordinal).SetEquals(names);

    /// <summary>Whether the served certificate is of the newest authority. Their names are random, and the Secret is not a stranger's.</summary>
    internal bool IsOfNewestAuthority => Authority is not null && Served?.Leaf.IssuerName.RawData.AsSpan().SequenceEqual(Authority.SubjectName.RawData) == true;

    /// <summary>The keys of the Secret's data and what stands there, in PEM.</summary>
    internal IEnumerable<KeyValuePair<string, string>> ToData()
    {
        yield return new(AuthorityCertificate, Bundle);
        yield return new(AuthorityKey, CertificateAuthority.KeyPem(Authority!) + "\n");
        if (Served is not null)
        {
            yield return new(ServerCertificate, PemOf(Served.Chain));
            yield return new(ServerKey, CertificateAuthority.KeyPem(Served.Leaf) + "\n");
        }
    }

    /// <summary>The whole object as it was read, with this content; its version makes the write a conflict where somebody was quicker.</summary>
    internal byte[] Into(JsonElement secret)
    {
        var changed = JsonNode.Parse(secret.GetRawText())!.AsObject();
        if (changed["data"] is not JsonObject data)
        {
            changed["data"] = data = [];
        }

        foreach (var (key, pem) in ToData())
        {
            data[key] = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
        }

        return Encoding.UTF8.GetBytes(changed.ToJsonString());
    }

    private static X509Certificate2 ReadAuthority(byte[] certificates, byte[] key)
    {
        var authority = CertificatePair.Parse(certificates, key, $"{AuthorityCertificate} and {AuthorityKey}").Leaf;
        using var own = authority.GetECDsaPrivateKey();
        return own is not null && authority.Extensions.OfType<X509BasicConstraintsExtension>().Any(extension => extension.CertificateAuthority)
            ? authority
            : throw new CryptographicException($"{AuthorityCertificate} and {AuthorityKey}: found no authority with an ECDSA key.");
    }

    private static byte[] Bytes(JsonElement secret, string key) =>
        JsonMembers.Member(secret, "data", JsonValueKind.Object) is { } data && JsonMembers.Member(data, key, JsonValueKind.String) is { } value
        && value.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : [];

    private static string PemOf(IEnumerable<X509Certificate2> certificates) => string.Concat(certificates.Select(one => one.ExportCertificatePem() + "\n"));
}
