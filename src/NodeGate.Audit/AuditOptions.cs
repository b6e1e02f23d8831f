namespace NodeGate.Audit;

/// <summary>Where the audit log is written and how much of it is kept.</summary>
public sealed record AuditOptions
{
    /// <summary>The file that is written; rotated files stand beside it as <c>.1</c> (the newest) to <c>.Keep</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The node's name, in every record.</summary>
    public required string Node { get; init; }

    /// <summary>At which size the file is rotated, in bytes. At least 4096; the default is 100 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is smaller.</exception>
    public long MaxBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, AuditLimits.MinRotateBytes);
            field = value;
        }
    } = 100L * 1024 * 1024;

    /// <summary>How many rotated files are kept besides the one that is written. From 1 to 1000; the default is 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of that.</exception>
    public int Keep
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, AuditLimits.MaxKeep);
            field = value;
        }
    } = 10;
}
