namespace NodeGate.Policy.Patterns;

/// <summary>How exact a pattern is; a higher one decides before a lower one (design.md section 6).</summary>
internal enum PatternRank
{
    /// <summary>The repository has a wildcard, and no tag or digest is named exactly.</summary>
    Wildcard = 0,

    /// <summary>The repository is named exactly.</summary>
    Repository = 1,

    /// <summary>A tag is named exactly.</summary>
    Tag = 2,

    /// <summary>A digest is named.</summary>
    Digest = 3,
}
