using System.Globalization;

namespace NodeGate.Testing.RealParts;

/// <summary>What a webhook for a test is configured with. Everything else lies in a folder of its own.</summary>
public sealed record WebhookSetup
{
    /// <summary>The policy document.</summary>
    public required string Policy { get; init; }

    /// <summary>containerd's certs.d; null: an empty one.</summary>
    public string? CertsDir { get; init; }

    /// <summary>More keys of <c>webhook</c>, each with its comma before it, such as <c>, pin: all</c>.</summary>
    public string Keys { get; init; } = "";

    /// <summary>The certificate's keys; another text where the test brings its own. {folder} is replaced.</summary>
    public string Certificate { get; init; } = "certificate: {folder}/tls.crt, key: {folder}/tls.key";

    /// <summary>Lines of YAML at the end of the configuration.</summary>
    public string ExtraConfig { get; init; } = "";

    /// <summary>The whole configuration instead of the one made here. {folder} and {port} are replaced.</summary>
    public string? Config { get; init; }

    /// <summary>What a pod has at the mount of its service account, as a folder; null: it runs in no pod. Needs root.</summary>
    public string? ServiceAccount { get; init; }

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    internal string ConfigText(TestFolder folder, int port) => (Config ?? $$"""
        apiVersion: nodegate.dev/v1
        kind: NodeGateConfig
        policy: {folder}/policy.d
        state: {folder}/state
        audit: {path: "{folder}/audit.jsonl"}
        registry: {certsDir: "{{CertsDir ?? folder.Folder("certs.d")}}"}
        webhook: {listen: "127.0.0.1:{port}", {{Certificate}}{{Keys}}}
        {{ExtraConfig}}
        """)
        .Replace("{folder}", folder.Path, StringComparison.Ordinal)
        .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
