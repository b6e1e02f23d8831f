namespace NodeGate.Verification;

/// <summary>The upper bounds on what NodeGate reads of keys, signatures, payloads and bundles. All of this room's limits stand here.</summary>
public static class VerificationLimits
{
    /// <summary>Largest legacy simple signing payload, in bytes.</summary>
    public const int MaxPayloadBytes = 1024 * 1024;

    /// <summary>Largest Sigstore bundle, in bytes. It bounds everything inside, the DSSE payload and the log entries' bodies included.</summary>
    public const int MaxBundleBytes = 1024 * 1024;

    /// <summary>Deepest nesting of any JSON that is read here.</summary>
    public const int MaxJsonDepth = 32;

    /// <summary>Largest signature, in bytes: that of an 8192-bit RSA key.</summary>
    public const int MaxSignatureBytes = 1024;

    /// <summary>Most annotations in a payload's <c>optional</c> or on a statement's subject.</summary>
    public const int MaxAnnotations = 512;

    /// <summary>Most subjects in an in-toto statement, as in sigstore-go.</summary>
    public const int MaxSubjects = 1024;

    /// <summary>Most digests of one subject, as in sigstore-go.</summary>
    public const int MaxDigestsPerSubject = 32;

    /// <summary>Most transparency log entries in a bundle, as in sigstore-go (CVE-2024-45395).</summary>
    public const int MaxLogEntries = 32;

    /// <summary>Most signed timestamps in a bundle, as in sigstore-go.</summary>
    public const int MaxTimestamps = 32;

    /// <summary>Largest signed timestamp, in bytes.</summary>
    public const int MaxTimestampBytes = 64 * 1024;

    /// <summary>Most hashes in an inclusion proof: the height of a tree with 2^64 leaves.</summary>
    public const int MaxProofHashes = 64;

    /// <summary>Longest checkpoint, in bytes.</summary>
    public const int MaxCheckpointBytes = 64 * 1024;

    /// <summary>Most signatures of a checkpoint: the log's and its witnesses'.</summary>
    public const int MaxCheckpointSignatures = 64;

    /// <summary>Most certificates in a chain.</summary>
    public const int MaxCertificates = 16;

    /// <summary>Largest certificate, in bytes.</summary>
    public const int MaxCertificateBytes = 64 * 1024;

    /// <summary>Largest file with a chain of certificates in PEM, in bytes.</summary>
    public const int MaxCertificateFileBytes = 256 * 1024;

    /// <summary>Largest file with a public key, in bytes.</summary>
    public const int MaxKeyBytes = 16 * 1024;

    /// <summary>Smallest RSA modulus, in bits.</summary>
    public const int MinRsaBits = 2048;

    /// <summary>Largest RSA modulus, in bits: what one verification may cost.</summary>
    public const int MaxRsaBits = 8192;

    /// <summary>Most extensions of a certificate.</summary>
    public const int MaxCertificateExtensions = 64;

    /// <summary>Most certificates from leaf to anchor, both included.</summary>
    public const int MaxPathLength = 5;

    /// <summary>Most candidates for an issuer whose signature is verified on the way from a leaf to one authority's anchor.</summary>
    public const int MaxPathSteps = 32;

    /// <summary>Most signed certificate timestamps in a certificate.</summary>
    public const int MaxCertificateTimestamps = 16;

    /// <summary>Largest <c>trusted_root.json</c>, in bytes.</summary>
    public const int MaxTrustRootBytes = 1024 * 1024;

    /// <summary>Most members of each kind in a trust root.</summary>
    public const int MaxTrustRootMembers = 64;

    /// <summary>Longest pattern for an identity, in characters.</summary>
    public const int MaxPatternCharacters = 1024;
}
