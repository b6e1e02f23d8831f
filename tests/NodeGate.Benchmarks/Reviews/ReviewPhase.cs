namespace NodeGate.Benchmarks.Reviews;

/// <summary>What is asked.</summary>
internal enum ReviewPhase
{
    /// <summary><c>/mutate</c>, an image by tag that the webhook never saw: resolved, verified, pinned.</summary>
    Cold = 0,

    /// <summary><c>/mutate</c>, an image by tag that the ledger knows: resolved and pinned.</summary>
    WarmByTag = 1,

    /// <summary><c>/validate</c>, the pinned image: no registry is asked.</summary>
    WarmByDigest = 2,
}
