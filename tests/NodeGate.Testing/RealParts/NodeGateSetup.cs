using System.Globalization;

namespace NodeGate.Testing.RealParts;

/// <summary>What a NodeGate for a test is configured with. Everything else lies in a folder of its own.</summary>
public sealed record NodeGateSetup
{
    /// <summary>containerd's socket; it need not be there yet.</summary>
    public required string Upstream { get; init; }

    /// <summary>The policy document.</summary>
    public required string Policy { get; init; }

    /// <summary>containerd's certs.d; null: an empty one.</summary>
    public string? CertsDir { get; init; }

    /// <summary>The whole configuration instead of the one made here. {folder} and {upstream} are replaced; the socket must be {folder}/n.sock.</summary>
    public string? Config { get; init; }

    /// <summary>Lines of YAML at the end of the configuration, such as <c>cache: {deniedFor: 1s}</c>.</summary>
    public string ExtraConfig { get; init; } = "";

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>How long it may take until the socket answers.</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal string ConfigText(TestFolder folder, int metricsPort) => (Config ?? $$"""
        apiVersion: nodegate.dev/v1
        kind: NodeGateConfig
        listen: unix://{folder}/n.sock
        upstream: unix://{upstream}
        policy: {folder}/policy.d
        state: {folder}/state
        audit: {path: "{folder}/audit.jsonl"}
        registry: {certsDir: "{{CertsDir ?? folder.Folder("certs.d")}}"}
        metrics: {listen: "127.0.0.1:{metricsPort}"}
        {{ExtraConfig}}
        """)
        .Replace("{folder}", folder.Path, StringComparison.Ordinal)
        .Replace("{upstream}", Upstream, StringComparison.Ordinal)
        .Replace("{metricsPort}", metricsPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
