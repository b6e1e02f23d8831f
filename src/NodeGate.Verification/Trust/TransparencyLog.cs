namespace NodeGate.Verification;

/// <summary>A log whose signatures are trusted (sigstore_trustroot.proto, TransparencyLogInstance): a Rekor, or a certificate log.</summary>
public sealed class TransparencyLog
{
    internal TransparencyLog(string baseUrl, byte[] keyId, PublicKey key, ValidityPeriod validFor, string operatorName)
    {
        BaseUrl = baseUrl;
        KeyId = keyId;
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

    /// <summary>The host of <see cref="BaseUrl"/>, with its path: the origin of a Rekor v2 checkpoint.</summary>
    internal string Origin => BaseUrl[(BaseUrl.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..].TrimEnd('/');
}
