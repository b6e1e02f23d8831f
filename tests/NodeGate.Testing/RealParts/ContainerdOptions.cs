namespace NodeGate.Testing.RealParts;

/// <summary>How containerd is started.</summary>
public sealed record ContainerdOptions
{
    /// <summary>The folder of hosts.toml files; null: one of its own, empty (<see cref="ContainerdProcess.CertsDir"/>).</summary>
    public string? CertsDir { get; init; }

    /// <summary>The pause image, needed for pods: see <see cref="Crane.MakePauseImageAsync"/>.</summary>
    public string SandboxImage { get; init; } = "nodegate.test/no-pause-image:none";

    /// <summary>TOML that is appended to the configuration.</summary>
    public string ExtraConfig { get; init; } = "";
}
