namespace NodeGate.Gate.State;

/// <summary>Where the ledger is and how long an admission holds.</summary>
public sealed record LedgerOptions
{
    /// <summary>The folder; only this process and root may write there. Null: nothing is kept beyond the process (for <c>nodegate verify</c>).</summary>
    public required string? Folder { get; init; }

    /// <summary>How long an admission is good without asking the registry again. The default is 24 hours.</summary>
    public TimeSpan AdmittedFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long beyond <see cref="AdmittedFor"/> an admission is kept for outages, where a rule allows it. The default is not at all.</summary>
    public TimeSpan GraceFor { get; init; } = TimeSpan.Zero;
}
