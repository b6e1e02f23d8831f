namespace NodeGate.Verification.Strict;

/// <summary>
/// Evidence that cannot be read. Thrown by this room's readers only and caught in one place for each of its uses,
/// <see cref="Steps.Finding"/> and <see cref="Tuf.TufUpdater"/>; it never leaves the room.
/// </summary>
internal sealed class EvidenceFormatException : FormatException
{
    public EvidenceFormatException(string message, bool limitExceeded = false)
        : base(message)
    {
        LimitExceeded = limitExceeded;
    }

    /// <summary>Whether a limit was exceeded, rather than a rule of the format broken.</summary>
    public bool LimitExceeded { get; }
}
