namespace NodeGate.Policy;

/// <summary>What became of one authority. The zero is the strict one.</summary>
public enum VerdictOutcome
{
    /// <summary>All evidence was read and none of it satisfies the authority.</summary>
    NotSatisfied = 0,

    /// <summary>At least one signature verified.</summary>
    Satisfied = 1,

    /// <summary>Evidence could not be read (registry, limit, trust root), so the answer is not known.</summary>
    Inconclusive = 2,
}
