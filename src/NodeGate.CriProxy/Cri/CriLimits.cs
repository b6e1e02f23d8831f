namespace NodeGate.CriProxy.Cri;

/// <summary>The bounds on what the gated methods read, write and wait for. All limits of this folder stand here.</summary>
internal static class CriLimits
{
    /// <summary>Deepest nesting of groups in a message; the protobuf runtimes' own default for any nesting.</summary>
    public const int MaxGroupDepth = 100;

    /// <summary>Most fields of one message, however they are spread: a 16 MiB message of two-byte fields must not cost minutes.</summary>
    public const int MaxFields = 1_000_000;

    /// <summary>Longest reference shown in an answer, in characters; what is beyond is cut.</summary>
    public const int MaxReferenceInAnswer = 512;

    /// <summary>Longest sentence shown in an answer, in characters; what is beyond is cut.</summary>
    public const int MaxSentenceInAnswer = 2048;

    /// <summary>Longest service or method name repeated in an UNIMPLEMENTED answer, in characters.</summary>
    public const int MaxNameInAnswer = 256;

    /// <summary>Most different images of one request that makes containers, volumes included.</summary>
    public const int MaxImagesPerCall = 128;

    /// <summary>Most lookups of one call that are under way in containerd at the same time.</summary>
    public const int ParallelLookups = 16;

    /// <summary>How long it may take to look again at the images of containers that were made; then they count as not admitted.</summary>
    public static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(90);

    /// <summary>How long a pulled image may take to appear under its tag (design.md section 2, step 9).</summary>
    public static readonly TimeSpan NamingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The first pause between two looks at the image's name; it doubles.</summary>
    public static readonly TimeSpan FirstNamingPause = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest pause between two looks at the image's name.</summary>
    public static readonly TimeSpan LongestNamingPause = TimeSpan.FromMilliseconds(250);
}
