namespace NodeGate.Registry;

/// <summary>How registries are reached. Immutable; made once from the configuration.</summary>
public sealed record RegistryOptions
{
    /// <summary>containerd's <c>config_path</c>: one folder or several separated by ':'. Null is the default, <c>/etc/containerd/certs.d</c>.</summary>
    public string? CertsDir { get; init; }

    /// <summary>The bound on one operation (a resolve, a listing, a fetch), over all hosts, redirects and retries.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Registries (<c>host</c> or <c>host:port</c>, as in the reference) that are spoken to over http. Credentials then travel in the clear.</summary>
    public IReadOnlyList<string> PlainHttp { get; init; } = [];

    /// <summary>A docker <c>config.json</c> for callers that bring no credentials of their own; null for none. Its credential helpers are never run.</summary>
    public string? DockerConfigPath { get; init; }
}
