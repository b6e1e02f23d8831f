namespace NodeGate.Verification.Tuf;

/// <summary>The upper bounds on what is read of a TUF repository. A mirror is a stranger until its signatures are verified.</summary>
public static class TufLimits
{
    /// <summary>Largest root metadata, in bytes.</summary>
    public const int MaxRootBytes = 512 * 1024;

    /// <summary>Largest timestamp metadata, in bytes.</summary>
    public const int MaxTimestampBytes = 16 * 1024;

    /// <summary>Largest snapshot metadata, in bytes.</summary>
    public const int MaxSnapshotBytes = 2 * 1024 * 1024;

    /// <summary>Largest targets metadata, delegated ones included, in bytes.</summary>
    public const int MaxTargetsBytes = 5 * 1024 * 1024;

    /// <summary>Largest target file, in bytes.</summary>
    public const int MaxTargetFileBytes = 16 * 1024 * 1024;

    /// <summary>Most new roots in one refresh (TUF specification 5.3.3: an endless chain must not be followed).</summary>
    public const int MaxRootRotations = 256;

    /// <summary>Most signatures on one file.</summary>
    public const int MaxSignatures = 64;

    /// <summary>Most keys in one root or in one list of delegations.</summary>
    public const int MaxKeys = 1024;

    /// <summary>Most key ids of one role.</summary>
    public const int MaxKeyIds = 64;

    /// <summary>Most roles that one role delegates to: hash bins come in powers of two.</summary>
    public const int MaxDelegations = 16 * 1024;

    /// <summary>Most roles that are visited in the search for one target file.</summary>
    public const int MaxVisitedRoles = 32;

    /// <summary>Most path patterns or hash prefixes of one delegation.</summary>
    public const int MaxPatterns = 16 * 1024;

    /// <summary>Most files in a snapshot, and most target files in one role.</summary>
    public const int MaxFiles = 64 * 1024;

    /// <summary>Most hashes of one file.</summary>
    public const int MaxHashes = 16;

    /// <summary>Longest name of a role or target file, in bytes as it stands in a URL: with '.json' or a hash it must be a file's name.</summary>
    public const int MaxNameBytes = 200;
}
