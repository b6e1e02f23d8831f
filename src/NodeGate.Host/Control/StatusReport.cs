namespace NodeGate.Host.Control;

/// <summary>How the running daemon stands: the one object of <c>nodegate status --output json</c>.</summary>
internal sealed record StatusReport
{
    /// <summary>The daemon's version.</summary>
    public required string Version { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it has been running.</summary>
    public required long UptimeSeconds { get; init; }

    /// <summary>The policy in force.</summary>
    public required PolicyPart Policy { get; init; }

    /// <summary>The policy's trust roots.</summary>
    public required IReadOnlyList<TrustRootPart> TrustRoots { get; init; }

    /// <summary>The runtime behind it.</summary>
    public required ContainerdPart Containerd { get; init; }

    /// <summary>The image that containerd starts every pod with; null where it was not looked at yet.</summary>
    public required SandboxImagePart? SandboxImage { get; init; }

    /// <summary>The exceptions of the policy that end soon or have ended.</summary>
    public required IReadOnlyList<ExceptionPart> Exceptions { get; init; }

    /// <summary>What is remembered.</summary>
    public required LedgerPart Ledger { get; init; }

    /// <summary>What was decided since the start.</summary>
    public required IReadOnlyList<DecisionPart> Decisions { get; init; }

    /// <summary>What is not as it should be; empty where all is.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>The policy in force.</summary>
    /// <param name="Name">The names of its documents.</param>
    /// <param name="Revision">Its revision.</param>
    /// <param name="Rules">How many rules it has.</param>
    /// <param name="LoadErrors">Why what is on disk now is not in force; empty where it is.</param>
    internal sealed record PolicyPart(string Name, string Revision, int Rules, IReadOnlyList<string> LoadErrors);

    /// <summary>A trust root.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Source">Where it comes from.</param>
    /// <param name="Problem">Why it cannot be used, or null.</param>
    /// <param name="Refreshed">When its repository was last verified whole; null for never, and for one that does not come from a repository.</param>
    /// <param name="Stale">Whether it comes from a repository that was never verified whole, or that has expired since.</param>
    internal sealed record TrustRootPart(string Name, string Source, string? Problem, DateTimeOffset? Refreshed, bool Stale);

    /// <summary>The runtime behind the daemon.</summary>
    /// <param name="Socket">Its socket.</param>
    /// <param name="Reachable">Whether it takes connections.</param>
    internal sealed record ContainerdPart(string Socket, bool Reachable);

    /// <summary>The verdict on the image that containerd starts every pod with.</summary>
    /// <param name="Image">The image as containerd is configured; null where that is not known.</param>
    /// <param name="Decision"><c>Admitted</c>, <c>Denied</c> or <c>Undetermined</c>.</param>
    /// <param name="Reason">The stable reason.</param>
    /// <param name="Message">The sentence for people.</param>
    internal sealed record SandboxImagePart(string? Image, string Decision, string Reason, string Message);

    /// <summary>An exception that ends soon or has ended.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Owner">Who answers for it.</param>
    /// <param name="Ticket">Where it was agreed on, or null.</param>
    /// <param name="Expires">When it ends.</param>
    /// <param name="Ended">Whether it has.</param>
    internal sealed record ExceptionPart(string Name, string Owner, string? Ticket, DateTimeOffset Expires, bool Ended);

    /// <summary>What is remembered.</summary>
    /// <param name="Admissions">Admitted digests.</param>
    /// <param name="Pulled">Pulled images.</param>
    internal sealed record LedgerPart(int Admissions, int Pulled);

    /// <summary>How often something was decided.</summary>
    /// <param name="Event">What asked.</param>
    /// <param name="Decision">The decision.</param>
    /// <param name="Reason">The stable reason.</param>
    /// <param name="Count">How often.</param>
    internal sealed record DecisionPart(string Event, string Decision, string Reason, long Count);
}
