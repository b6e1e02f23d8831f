namespace NodeGate.Gate.State;

/// <summary>The upper bounds of the ledger, on disk and in memory.</summary>
public static class LedgerLimits
{
    /// <summary>Most admissions that are remembered; the oldest go first, and what they admitted is verified anew.</summary>
    public const int MaxAdmissions = 16 * 1024;

    /// <summary>Most pulled images that are remembered (one for each reference and image ID).</summary>
    public const int MaxPulled = 16 * 1024;

    /// <summary>Most answers "present" that are remembered for <see cref="RecentFor"/>.</summary>
    public const int MaxRecent = 8 * 1024;

    /// <summary>Most refusals that are remembered, in memory only.</summary>
    public const int MaxDenials = 4 * 1024;

    /// <summary>Most indexes whose images are remembered.</summary>
    public const int MaxIndexes = 4 * 1024;

    /// <summary>Most images of one index that are remembered; what it lists beyond needs a signature of its own.</summary>
    public const int MaxIndexChildren = 64;

    /// <summary>Most indexes that one image is looked for in when none of them is admitted yet.</summary>
    public const int MaxIndexesVerified = 2;

    /// <summary>Most signers of one admission that are kept.</summary>
    public const int MaxSigners = 64;

    /// <summary>Longest signer that is kept, in characters.</summary>
    public const int MaxSignerLength = 1024;

    /// <summary>Largest journal, in bytes. A bigger one is not read, and not written.</summary>
    public const long MaxJournalBytes = 64L * 1024 * 1024;

    /// <summary>Longest line of the journal, in bytes.</summary>
    public const int MaxLineBytes = 512 * 1024;

    /// <summary>The journal is rewritten when it has this many more records than twice what is alive.</summary>
    public const int CompactionSlack = 1024;

    /// <summary>Most records that are flushed together.</summary>
    public const int MaxBatch = 256;

    /// <summary>Largest record of evidence that is kept, in bytes.</summary>
    public const int MaxEvidenceFileBytes = 4 * 1024 * 1024;

    /// <summary>Most records of evidence that are kept; the oldest go first.</summary>
    public const int MaxEvidenceFiles = 2 * 1024;

    /// <summary>All records of evidence together, in bytes.</summary>
    public const long MaxEvidenceBytes = 256L * 1024 * 1024;

    /// <summary>How many damaged journals are kept for whoever wants to know what happened.</summary>
    public const int MaxDamagedFiles = 5;

    /// <summary>How long an image stays present after a good pull or a good answer, whatever happens to policy or ledger (design.md section 2, step 11).</summary>
    public static readonly TimeSpan RecentFor = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a repeated answer holds beyond <see cref="RecentFor"/>: the kubelet asks twice for one container, and the second answer
    /// must not differ from the first (kubelet-observed.md section 4). Repeats do not renew themselves.
    /// </summary>
    public static readonly TimeSpan RepeatGrace = TimeSpan.FromMinutes(1);

    /// <summary>How often at most an answer "present" is written down; a restart counts that much in favour of the image.</summary>
    public static readonly TimeSpan RecentWriteInterval = TimeSpan.FromMinutes(1);
}
