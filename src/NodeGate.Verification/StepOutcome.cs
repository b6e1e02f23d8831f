namespace NodeGate.Verification;

/// <summary>How a verification step ended. The zero is the strict one.</summary>
public enum StepOutcome
{
    /// <summary>The check does not hold; nothing after it was looked at.</summary>
    Failed = 0,

    /// <summary>The check holds.</summary>
    Passed = 1,

    /// <summary>The policy does not ask for the check, or the format has nothing to check; the detail says which.</summary>
    Skipped = 2,
}
