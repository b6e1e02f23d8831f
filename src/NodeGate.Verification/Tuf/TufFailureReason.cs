namespace NodeGate.Verification.Tuf;

/// <summary>Why a TUF repository was not followed. A closed list; numbers and names are never reused.</summary>
public enum TufFailureReason
{
    /// <summary>A file cannot be read as the metadata that it should be.</summary>
    Malformed = 0,

    /// <summary>A file, or the number of files, is over a limit of <see cref="TufLimits"/> or over the length that signed metadata gives.</summary>
    TooLarge = 1,

    /// <summary>Fewer keys of the role signed than its threshold asks for.</summary>
    BadSignature = 2,

    /// <summary>A version is lower than one seen before, or a role that was there is gone.</summary>
    Rollback = 3,

    /// <summary>A file has another version than the metadata above it, or the order of the chain, says.</summary>
    WrongVersion = 4,

    /// <summary>A file has another hash than signed metadata says.</summary>
    WrongHash = 5,

    /// <summary>A file has another length than signed metadata says.</summary>
    WrongLength = 6,

    /// <summary>The metadata is past its expiry: the repository is not maintained, or somebody holds back what is newer.</summary>
    Expired = 7,

    /// <summary>The repository does not have a file that it must have.</summary>
    NotFound = 8,

    /// <summary>No role that may do so lists the target file.</summary>
    UnknownTarget = 9,

    /// <summary>A name would lead out of the folder that it belongs to.</summary>
    UnsafeName = 10,
}
