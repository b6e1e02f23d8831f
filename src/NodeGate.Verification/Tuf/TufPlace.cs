namespace NodeGate.Verification.Tuf;

/// <summary>The two folders of a TUF repository, and of what is kept of it.</summary>
public enum TufPlace
{
    /// <summary>Root, timestamp, snapshot, targets and delegated roles.</summary>
    Metadata = 0,

    /// <summary>The target files.</summary>
    Targets = 1,
}
