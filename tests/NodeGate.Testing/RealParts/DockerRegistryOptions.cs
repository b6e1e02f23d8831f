namespace NodeGate.Testing.RealParts;

/// <summary>How docker-registry is started.</summary>
public sealed record DockerRegistryOptions
{
    /// <summary>Ask for <see cref="DockerRegistryProcess.UserName"/> and <see cref="DockerRegistryProcess.Password"/>.</summary>
    public bool BasicAuth { get; init; }

    /// <summary>PEM files; both or none.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }
}
