namespace NodeGate.Oci;

/// <summary>
/// Why a decision, a verdict or a piece of evidence came out as it did. A closed list whose names are part of the JSON, audit and CRI
/// contracts (design.md section 4): numbers and names are never reused. It lives in the innermost room because every room names it.
/// </summary>
public enum DecisionReason
{
    /// <summary>Something of ours broke. The zero on purpose: a reason that nobody set must not read as a good one.</summary>
    InternalError = 0,

    /// <summary>Enough authorities verified the digest.</summary>
    Verified = 1,

    /// <summary>A static <c>allow</c> rule, or <c>unmatched: allow</c>.</summary>
    AllowedByRule = 2,

    /// <summary>An exception that has not expired covers the digest.</summary>
    Exempted = 3,

    /// <summary>A static <c>deny</c> rule.</summary>
    DeniedByRule = 4,

    /// <summary>No rule matches and <c>unmatched</c> is <c>deny</c>.</summary>
    NoMatchingRule = 5,

    /// <summary>No evidence of a kind that the authority accepts is attached to the digest.</summary>
    NoSignature = 6,

    /// <summary>Evidence exists but its signature, payload or binding to the digest is wrong.</summary>
    SignatureInvalid = 7,

    /// <summary>The signature is good but its signer is not one that the authority names.</summary>
    IdentityMismatch = 8,

    /// <summary>A transparency log entry is missing, wrong or about something else.</summary>
    LogEntryInvalid = 9,

    /// <summary>A signed timestamp is missing, wrong or outside a validity period.</summary>
    TimestampInvalid = 10,

    /// <summary>A certificate or its chain does not hold.</summary>
    CertificateInvalid = 11,

    /// <summary>A required attestation is missing or its content does not meet the rule.</summary>
    AttestationInvalid = 12,

    /// <summary>The rule takes references with a digest only.</summary>
    DigestRequired = 13,

    /// <summary>The registry says that the image does not exist.</summary>
    ImageNotFound = 14,

    /// <summary>The registry refused the caller's credentials.</summary>
    Unauthorized = 15,

    /// <summary>The registry or log could not be reached, or answered nonsense.</summary>
    RegistryUnavailable = 16,

    /// <summary>A named limit was exceeded while reading somebody else's data.</summary>
    LimitExceeded = 17,

    /// <summary>A trust root or key that the policy needs cannot be used.</summary>
    TrustRootUnusable = 18,

    /// <summary>The gate's own deadline passed.</summary>
    TimedOut = 19,

    /// <summary>The image reference cannot be parsed.</summary>
    InvalidReference = 20,
}
