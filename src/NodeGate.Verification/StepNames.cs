namespace NodeGate.Verification;

/// <summary>The names of the verification steps: part of the JSON contract (design.md section 4), so never renamed.</summary>
public static class StepNames
{
    /// <summary>The authority accepts evidence of this format.</summary>
    public const string Format = "format";

    /// <summary>The evidence's bytes: there, within their limit, and of the digest under which they were listed.</summary>
    public const string Content = "content";

    /// <summary>The media type of a legacy layer, or the one that a bundle states.</summary>
    public const string MediaType = "mediaType";

    /// <summary>The signature's own text: present, strict base64; in a bundle, the structure of a message signature.</summary>
    public const string SignatureEncoding = "signatureEncoding";

    /// <summary>The bundle's structure (sigstore_bundle.proto as JSON).</summary>
    public const string Bundle = "bundle";

    /// <summary>The structure of what a bundle says about its signer: one key hint, or certificates as the version allows.</summary>
    public const string Material = "material";

    /// <summary>A key for an authority of keys, a certificate for one of identities.</summary>
    public const string KeyMaterial = "keyMaterial";

    /// <summary>The shape of the transparency log entries that the bundle's version requires.</summary>
    public const string LogEntries = "tlogEntries";

    /// <summary>The shape of the signed timestamps.</summary>
    public const string Timestamps = "timestamps";

    /// <summary>A message signature's stated digest is that of the image.</summary>
    public const string MessageDigest = "messageDigest";

    /// <summary>The DSSE envelope: its payload type, and exactly one signature.</summary>
    public const string Envelope = "envelope";

    /// <summary>The signature, under a key that the authority names.</summary>
    public const string Signature = "signature";

    /// <summary>The structure of the signed payload.</summary>
    public const string Payload = "payload";

    /// <summary>The payload's type text, or the statement's <c>_type</c>.</summary>
    public const string PayloadType = "payloadType";

    /// <summary>The statement is a cosign signature, not some attestation.</summary>
    public const string PredicateType = "predicateType";

    /// <summary>The digest in the payload is that of the image.</summary>
    public const string Digest = "digest";

    /// <summary>The repository in the payload is the one that is pulled.</summary>
    public const string Repository = "repository";

    /// <summary>The payload carries the required annotations.</summary>
    public const string Annotations = "annotations";

    /// <summary>The logs that have the entry were trusted when it was signed; skipped where the policy does not ask the log.</summary>
    public const string TransparencyLog = "transparencyLog";

    /// <summary>The trust root can be used and has what the requirement needs.</summary>
    public const string TrustRoot = "trustRoot";

    /// <summary>A log entry names a log that the trust root knows, in a kind and version that is read.</summary>
    public const string LogEntry = "logEntry";

    /// <summary>A log entry's body is about this signature, this signer and this content.</summary>
    public const string LogEntryBody = "logEntryBody";

    /// <summary>The log's signed promise (Rekor v1 SET), and the time in it.</summary>
    public const string InclusionPromise = "inclusionPromise";

    /// <summary>The log's signed tree head.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>The entry is in the tree of the checkpoint (RFC 6962).</summary>
    public const string InclusionProof = "inclusionProof";

    /// <summary>Enough different logs have the entry.</summary>
    public const string LogThreshold = "logThreshold";

    /// <summary>A signed timestamp (RFC 3161) is well formed, and over this signature.</summary>
    public const string Timestamp = "timestamp";

    /// <summary>The timestamp's signer is an authority of the trust root.</summary>
    public const string TimestampAuthority = "timestampAuthority";

    /// <summary>Enough different timestamp authorities signed the time.</summary>
    public const string TimestampThreshold = "timestampThreshold";

    /// <summary>There is a trusted time at which certificate or key are judged.</summary>
    public const string TrustedTime = "trustedTime";

    /// <summary>The signer's certificate can be read.</summary>
    public const string Certificate = "certificate";

    /// <summary>The certificate's path leads to an authority of the trust root, valid at every trusted time.</summary>
    public const string CertificatePath = "certificatePath";

    /// <summary>A certificate log promised to publish the certificate (SCT).</summary>
    public const string CertificateTransparency = "certificateTransparency";

    /// <summary>Issuer and subject of the certificate are those of the authority.</summary>
    public const string Identity = "identity";

    /// <summary>The certificate's Fulcio extensions have the values that the authority asks for.</summary>
    public const string CertificateExtensions = "certificateExtensions";

    /// <summary>The key was good at every trusted time.</summary>
    public const string KeyValidity = "keyValidity";

    /// <summary>A condition of the policy on an attestation's predicate; a step for each.</summary>
    public const string Condition = "condition";
}
