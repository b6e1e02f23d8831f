namespace NodeGate.Host.Configuration;

/// <summary>The key <c>audit</c>.</summary>
internal sealed record AuditConfig
{
    /// <summary>The file that is written; rotated files stand beside it.</summary>
    public string Path { get; init; } = "/var/log/nodegate/audit.jsonl";

    /// <summary>At which size the file is rotated, in bytes. The default is 100 MiB.</summary>
    public long MaxBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>How many rotated files are kept. The default is 10.</summary>
    public int Keep { get; init; } = 10;
}
