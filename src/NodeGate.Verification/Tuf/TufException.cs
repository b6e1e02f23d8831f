namespace NodeGate.Verification.Tuf;

/// <summary>Metadata that breaks a rule of the workflow. Caught by <see cref="TufUpdater"/> only; it never leaves the room.</summary>
internal sealed class TufException(TufFailureReason reason, string detail) : Exception(detail)
{
    public TufFailureReason Reason { get; } = reason;
}
