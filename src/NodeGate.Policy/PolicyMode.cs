namespace NodeGate.Policy;

/// <summary>What a rule does with a refusal. The zero is the strict one.</summary>
public enum PolicyMode
{
    /// <summary>A refusal is a refusal.</summary>
    Enforce = 0,

    /// <summary>A refusal is recorded as what would have been, and the image is let through.</summary>
    Audit = 1,
}
