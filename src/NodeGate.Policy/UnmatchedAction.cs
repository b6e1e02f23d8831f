namespace NodeGate.Policy;

/// <summary>What becomes of an image that no rule matches. The zero is the strict one.</summary>
public enum UnmatchedAction
{
    /// <summary>It is denied.</summary>
    Deny = 0,

    /// <summary>It is allowed.</summary>
    Allow = 1,
}
