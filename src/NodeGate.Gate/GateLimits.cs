using NodeGate.Verification;

namespace NodeGate.Gate;

/// <summary>The upper bounds on what one question, or all of them together, may cost. The ledger's stand in State/LedgerLimits.</summary>
public static class GateLimits
{
    /// <summary>Most referrers that a registry may list for one image; beyond it the list is not read to its end.</summary>
    public const int MaxReferrersListed = 1024;

    /// <summary>Most referrers that are fetched for one image; those that say that they are bundles come first.</summary>
    public const int MaxReferrers = 64;

    /// <summary>Most layers of a <c>.sig</c> or <c>.att</c> image that are looked at.</summary>
    public const int MaxSignatureLayers = 64;

    /// <summary>Largest bundle or attestation, in bytes.</summary>
    public const int MaxBundleBytes = VerificationLimits.MaxBundleBytes;

    /// <summary>Largest legacy payload, in bytes.</summary>
    public const int MaxPayloadBytes = VerificationLimits.MaxPayloadBytes;

    /// <summary>Largest manifest of a referrer, in bytes; one that holds a bundle has less than two thousand.</summary>
    public const int MaxReferrerManifestBytes = 256 * 1024;

    /// <summary>
    /// All evidence of one image of one kind together, in bytes: referrers, legacy signatures, legacy attestations. The last are fetched only
    /// for a rule that asks for attestations.
    /// </summary>
    public const int MaxEvidenceBytesOfAKind = 8 * 1024 * 1024;

    /// <summary>Most requests of one question that run at the same time.</summary>
    public const int MaxParallelRequests = 4;

    /// <summary>Most questions that talk to registries at the same time.</summary>
    public const int MaxConcurrent = 16;

    /// <summary>Most of them that may talk to one registry: one that hangs must not hold up the others.</summary>
    public const int MaxConcurrentPerRegistry = 8;

    /// <summary>
    /// Most admissions of one namespace that are judged at the same time: whoever makes pods there may name as many registries that hang as he likes, and
    /// must not hold up the others.
    /// </summary>
    public const int MaxConcurrentPerNamespace = MaxConcurrent / 2;

    /// <summary>Most questions that wait for their turn.</summary>
    public const int MaxQueued = 1024;

    /// <summary>Most of them that may wait for one registry.</summary>
    public const int MaxQueuedPerRegistry = 512;

    /// <summary>Most names of one image on the node that are judged.</summary>
    public const int MaxNamesPerImage = 256;

    /// <summary>Most digests that the other names of one container's image may point at and that have to be judged.</summary>
    public const int MaxTargetsJudged = 16;

    /// <summary>Longest image ID, in characters.</summary>
    public const int MaxImageIdLength = 256;

    /// <summary>Largest encoded recording, in bytes: more than the parts within the limits below can come to.</summary>
    public const int MaxRecordingBytes = 32 * 1024 * 1024;

    /// <summary>All content of one recording together, in bytes before its encoding.</summary>
    public const int MaxRecordedContentBytes = 16 * 1024 * 1024;

    /// <summary>Most entries of one recording: tags, manifests, referrers, lists of them, blobs.</summary>
    public const int MaxRecordedEntries = 4096;

    /// <summary>Most repositories of one recording.</summary>
    public const int MaxRecordedRepositories = 8;
}
