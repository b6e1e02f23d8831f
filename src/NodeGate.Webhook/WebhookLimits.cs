using NodeGate.Oci;

namespace NodeGate.Webhook;

/// <summary>Every limit of this room. Whoever reaches the port may send anything, and whoever may create a pod writes all of it.</summary>
public static class WebhookLimits
{
    /// <summary>Largest review, in bytes: etcd keeps at most 1.5 MiB of an object, and an update carries two of them.</summary>
    public const int MaxReviewBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Bytes of reviews that are held at the same time: two of the largest, or hundreds of usual ones. The next one waits for its turn, and no longer
    /// than its deadline. A read review takes up to six times its bytes, and the manifest gives the whole process 384 MiB.
    /// </summary>
    public const int MaxReviewBytesInMemory = 16 * 1024 * 1024;

    /// <summary>Most values, names and brackets of a review: an update of the largest object that etcd keeps has fewer.</summary>
    public const int MaxReviewTokens = 512 * 1024;

    /// <summary>Deepest nesting of a review.</summary>
    public const int MaxReviewDepth = 256;

    /// <summary>Longest name in the envelope of a review, in characters; Kubernetes' own are 253 at most.</summary>
    public const int MaxNameLength = 512;

    /// <summary>Longest text that is read where an image stands, in bytes of JSON: the longest reference with each of its characters escaped.</summary>
    public const int MaxImageBytes = 6 * OciLimits.MaxReferenceLength;

    /// <summary>Most distinct images that one review asks about.</summary>
    public const int MaxImages = 128;

    /// <summary>Most places of a review that name an image.</summary>
    public const int MaxImagePlaces = 16384;

    /// <summary>Longest JSON pointer to such a place, in characters: a patch repeats it.</summary>
    public const int MaxPointerLength = 1024;

    /// <summary>Most different answers to "whose pull secrets?" within one object.</summary>
    public const int MaxPullSecretsOwners = 16;

    /// <summary>Most credentials that are tried for one image, one after the other: each try is a question to its registry and a record.</summary>
    public const int MaxCredentials = 16;

    /// <summary>Most names of pull secrets that are looked at in one pod specification.</summary>
    public const int MaxPullSecrets = 32;

    /// <summary>Most refused images that a message tells of by name.</summary>
    public const int MaxRefusalsShown = 8;

    /// <summary>Longest message of a refusal, in characters.</summary>
    public const int MaxMessageLength = 8192;

    /// <summary>Most warnings of an answer.</summary>
    public const int MaxWarnings = 16;

    /// <summary>Longest warning, in characters: what the API server keeps of one before it cuts.</summary>
    public const int MaxWarningLength = 256;

    /// <summary>Connections at the same time.</summary>
    public const int MaxConnections = 512;

    /// <summary>Most of them from one address; API servers have one each, and use few.</summary>
    public const int MaxConnectionsOfAnAddress = MaxConnections / 2;

    /// <summary>Most keys of one question of Gatekeeper.</summary>
    public const int MaxGatekeeperKeys = 128;

    /// <summary>Largest file with a certificate chain, a key, an authority or a token, in bytes.</summary>
    public const int MaxCertificateFileBytes = 256 * 1024;

    /// <summary>Most certificates of a chain or of a <c>caBundle</c>.</summary>
    public const int MaxCertificates = 32;

    /// <summary>How long a question to the API server may take, the answer's last byte included.</summary>
    public static readonly TimeSpan ApiTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long the owner of an object is looked for; without it the object is judged itself.</summary>
    public static readonly TimeSpan OwnerTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Largest object that is read from the API server, in bytes.</summary>
    public const int MaxObjectBytes = 4 * 1024 * 1024;

    /// <summary>Connections to the API server at the same time: one pod may name many secrets, and each is read into memory.</summary>
    public const int MaxApiConnections = 8;

    /// <summary>Largest docker configuration in a pull secret, in bytes: hundreds of registries.</summary>
    public const int MaxPullSecretBytes = 128 * 1024;

    /// <summary>Most entries of one pull secret.</summary>
    public const int MaxPullSecretEntries = 1024;

    /// <summary>How long a pull secret is kept, in memory only: a burst of pods is one read.</summary>
    public static readonly TimeSpan PullSecretMemory = TimeSpan.FromSeconds(10);

    /// <summary>How long it is kept that a pull secret could not be read: the next try of a controller shall find one that came by then.</summary>
    public static readonly TimeSpan FailedReadMemory = TimeSpan.FromSeconds(1);

    /// <summary>Most pull secrets, and most service accounts, that are kept: 16 MiB of the largest.</summary>
    public const int MaxRemembered = 128;

    /// <summary>How often a change to an object is tried anew after somebody else was quicker.</summary>
    public const int MaxConflicts = 5;
}
