using System.Collections.Immutable;

namespace NodeGate.Registry.Hosts;

/// <summary>One host as it is written in <c>hosts.toml</c> or implied by docker's certificate files; nothing loaded yet.</summary>
internal sealed record HostConfig
{
    /// <summary>null together with <see cref="Authority"/>: the registry's own default host, with this TLS setup.</summary>
    internal string? Scheme { get; init; }

    /// <summary><c>host</c> or <c>host:port</c> as written.</summary>
    internal string? Authority { get; init; }

    internal string Path { get; init; } = "/v2";

    internal HostCapabilities Capabilities { get; init; } = HostCapabilities.All;

    internal ImmutableArray<string> CaFiles { get; init; } = [];

    internal ImmutableArray<ClientPair> ClientPairs { get; init; } = [];

    internal bool? SkipVerify { get; init; }

    internal ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    internal TimeSpan? DialTimeout { get; init; }

    /// <summary>containerd: any of these makes an http host be tried over https first.</summary>
    internal bool HasTlsSettings => CaFiles.Length > 0 || ClientPairs.Length > 0 || SkipVerify is not null;
}
