namespace NodeGate.Host.Configuration;

/// <summary>The configuration of design.md section 5, validated. Every key is optional; the defaults stand here and nowhere else.</summary>
internal sealed record NodeGateConfig
{
    /// <summary>The unix socket that NodeGate serves, as a path.</summary>
    public string Listen { get; init; } = "/run/nodegate/nodegate.sock";

    /// <summary>The group (name or number) that may connect besides root; null: root only.</summary>
    public string? ListenGroup { get; init; }

    /// <summary>The socket of containerd, as a path.</summary>
    public string Upstream { get; init; } = "/run/containerd/containerd.sock";

    /// <summary>The policy: a file or a folder.</summary>
    public string Policy { get; init; } = "/etc/nodegate/policy.d";

    /// <summary>The folder of the ledger.</summary>
    public string State { get; init; } = "/var/lib/nodegate";

    /// <summary>The audit log.</summary>
    public AuditConfig Audit { get; init; } = new();

    /// <summary>How registries are spoken to.</summary>
    public RegistryConfig Registry { get; init; } = new();

    /// <summary>How long decisions hold.</summary>
    public CacheConfig Cache { get; init; } = new();

    /// <summary>Where health and metrics are served; null: nowhere.</summary>
    public HostPort? MetricsListen { get; init; } = new("127.0.0.1", 9464);

    /// <summary>The admission webhook.</summary>
    public WebhookConfig Webhook { get; init; } = new();

    /// <summary>Keys of later commands that were set: accepted here, and named in the log so that nobody believes they do something.</summary>
    public IReadOnlyList<string> UnusedKeys { get; init; } = [];
}
