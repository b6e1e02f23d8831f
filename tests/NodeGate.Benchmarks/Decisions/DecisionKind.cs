namespace NodeGate.Benchmarks.Decisions;

internal enum DecisionKind
{
    /// <summary>The first pull of the image, by tag.</summary>
    Cold,

    /// <summary>The same reference again.</summary>
    WarmByTag,

    /// <summary>The same image by its digest.</summary>
    WarmByDigest,
}
