using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace NodeGate.Verification;

/// <summary>A log whose signatures are trusted (sigstore_trustroot.proto, TransparencyLogInstance): a Rekor, or a certificate log.</summary>
public sealed class TransparencyLog
{
    internal TransparencyLog(
        string baseUrl, byte[] keyId, PublicKey key, ValidityPeriod validFor, string operatorName, byte[]? checkpointKeyId = null)
    {
        BaseUrl = baseUrl;
        KeyId = keyId;
        CheckpointKeyId = checkpointKeyId ?? keyId;
        Key = key;
        ValidFor = validFor;
        Operator = operatorName;
    }

    /// <summary>Where it is; never contacted. A Rekor v2 log's checkpoints name its host.</summary>
    public string BaseUrl { get; }

    /// <summary>Its key.</summary>
    public PublicKey Key { get; }

    /// <summary>When its key is good.</summary>
    public ValidityPeriod ValidFor { get; }

    /// <summary>Who runs it. Two logs of one operator are one voice: thresholds count operators.</summary>
    public string Operator { get; }

    /// <summary>
    /// The 32 bytes by which log entries and SCTs name it (logId.keyId): SHA-256 of the SubjectPublicKeyInfo, or for Rekor v2 with another key than
    /// ECDSA, of its note key (verification.md section 2.5).
    /// </summary>
    internal byte[] KeyId { get; }

    /// <summary>By its first bytes a checkpoint's signature names the key (checkpointKeyId); the same unless a trust root says otherwise.</summary>
    internal byte[] CheckpointKeyId { get; }

    /// <summary>The host of <see cref="BaseUrl"/>, with its path: the origin of a Rekor v2 checkpoint.</summary>
    internal string Origin => OriginOf(BaseUrl);

    /// <summary>A transparency log (Rekor) of a private Sigstore, from its public key.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="key">The key file's bytes, PEM or DER.</param>
    /// <param name="validFor">When its key is good. Its start is required: without it a long retired key would be good for everything.</param>
    /// <param name="operatorName">Who runs it; null: its host.</param>
    /// <param name="log">The log.</param>
    /// <param name="error">What was found and what was expected.</param>
    public static bool TryCreate(
        string url,
        ReadOnlySpan<byte> key,
        ValidityPeriod validFor,
        string? operatorName,
        [NotNullWhen(true)] out TransparencyLog? log,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(validFor);
        log = null;
        // check: private-log-start
        if (validFor.Start is null)
        {
            error = "there is no time from which the log's key is good; a transparency log's key must have one";
            return false;
        }

        // Rekor v2 names an Ed25519 log by its note key; a log with such a key is taken for one, as Rekor v1 signs with ECDSA.
        return TryCreate(url, key, validFor, operatorName, NoteKeyId, out log, out error);
    }

    /// <summary>A certificate transparency log of a private Sigstore, from its public key; as for a transparency log, but without a period it is good for ever.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="key">The key file's bytes, PEM or DER.</param>
    /// <param name="validFor">When its key is good.</param>
    /// <param name="log">The log.</param>
    /// <param name="error">What was found and what was expected.</param>
    public static bool TryCreateCertificateLog(
        string url,
        ReadOnlySpan<byte> key,
        ValidityPeriod validFor,
        [NotNullWhen(true)] out TransparencyLog? log,
        [NotNullWhen(false)] out string? error) =>
        // RFC 6962 section 3.2: the log's ID is the hash of its key, whatever its kind.
        TryCreate(url, key, validFor, null, static (_, parsed) => SHA256.HashData(parsed.SubjectPublicKeyInfo.Span), out log, out error);

    private static bool TryCreate(
        string url,
        ReadOnlySpan<byte> key,
        ValidityPeriod validFor,
        string? operatorName,
        Func<string, PublicKey, byte[]> keyIdOf,
        [NotNullWhen(true)] out TransparencyLog? log,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        log = null;
        if (!PublicKey.TryParse(key, out var parsed, out error))
        {
            return false;
        }

        log = new TransparencyLog(url, keyIdOf(OriginOf(url), parsed), parsed, validFor, operatorName ?? HostOf(url));
        return true;
    }

    /// <summary>The host of an address; the text itself where it is none.</summary>
    internal static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : url;

    /// <summary>C2SP signed-note: SHA-256 of name, newline, 0x01 and key for Ed25519. The key is the last 32 bytes of its SubjectPublicKeyInfo.</summary>
    private static byte[] NoteKeyId(string origin, PublicKey key) => key.Algorithm == KeyAlgorithm.Ed25519
        ? SHA256.HashData([.. Encoding.UTF8.GetBytes(origin), 0x0A, 0x01, .. key.SubjectPublicKeyInfo.Span[^32..]])
        : SHA256.HashData(key.SubjectPublicKeyInfo.Span);

    private static string OriginOf(string url) => url[(url.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..].TrimEnd('/');
}
