namespace NodeGate.Audit;

/// <summary>The upper bounds of the audit log. All of this room's limits stand here.</summary>
public static class AuditLimits
{
    /// <summary>Longest text that is written into one field, in characters; longer ones end in an ellipsis. An image reference may have 1024.</summary>
    public const int MaxFieldLength = 4096;

    /// <summary>Most signers that are written into one record.</summary>
    public const int MaxSigners = 64;

    /// <summary>
    /// Longest line that is read back, in bytes. What the writer can produce stays below: 9 free texts and 64 signers of 1024 characters,
    /// six bytes for each character when all of them have to be escaped.
    /// </summary>
    public const int MaxLineBytes = 1024 * 1024;

    /// <summary>Longest signer that is written, in characters.</summary>
    public const int MaxSignerLength = 1024;

    /// <summary>Most records that share one write and one fsync.</summary>
    public const int MaxBatchRecords = 256;

    /// <summary>Most records that wait for the disk; callers beyond it wait before they are queued.</summary>
    public const int MaxQueuedRecords = 4096;

    /// <summary>Smallest size at which the log may be told to rotate, in bytes.</summary>
    public const long MinRotateBytes = 4096;

    /// <summary>Most rotated files.</summary>
    public const int MaxKeep = 1000;

    /// <summary>Most groups that a query keeps; records of further images are counted, and it is said how many.</summary>
    public const int MaxGroups = 8192;

    /// <summary>Most namespaces, and most rules, that one group names.</summary>
    public const int MaxNamesPerGroup = 64;

    /// <summary>Most records that a query or a tail holds at a time: the newest.</summary>
    public const int MaxRecordsShown = 8192;

    /// <summary>Most damaged lines that a query names; further ones are counted.</summary>
    public const int MaxDamageShown = 20;
}
