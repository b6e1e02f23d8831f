using NodeGate.Oci;

namespace NodeGate.Gate;

/// <summary>The times of the gate. How long an admission holds is the ledger's to know.</summary>
public sealed record GateOptions
{
    /// <summary>How long a decision may take, waiting for a turn included (design.md section 2). The default is 60 seconds.</summary>
    public TimeSpan TotalDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a refusal is repeated without asking the registry again. The default is 30 seconds; zero: never.</summary>
    public TimeSpan DeniedFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The platform that the runtime chooses from an index, for rules with <c>platform: verify</c>. The default is this machine's.</summary>
    public Platform Platform { get; init; } = NodePlatform.Current;
}
