using NodeGate.Oci;

namespace NodeGate.Verification.Steps;

/// <summary>What one step found: a value to go on with, or a reason to stop. Only <see cref="VerificationTrace"/> and <see cref="Finding"/> open it.</summary>
internal readonly struct Finding<T>
{
    internal Finding(bool holds, T? value, DecisionReason reason, string detail)
    {
        Holds = holds;
        Value = value;
        Reason = reason;
        Detail = detail;
    }

    internal bool Holds { get; }

    internal T? Value { get; }

    internal DecisionReason Reason { get; }

    internal string Detail { get; }
}
