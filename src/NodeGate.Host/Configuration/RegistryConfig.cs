namespace NodeGate.Host.Configuration;

/// <summary>The key <c>registry</c>.</summary>
internal sealed record RegistryConfig
{
    /// <summary>containerd's <c>config_path</c>: the folder of <c>HOST/hosts.toml</c>.</summary>
    public string CertsDir { get; init; } = "/etc/containerd/certs.d";

    /// <summary>How long one question to a registry may take, retries included. The default is 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Registries that are spoken to over plain http.</summary>
    public IReadOnlyList<string> PlainHttp { get; init; } = [];
}
