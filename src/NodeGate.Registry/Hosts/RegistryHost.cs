using System.Collections.Immutable;
using NodeGate.Registry.Http;

namespace NodeGate.Registry.Hosts;

/// <summary>A host that may be asked for one registry's content, ready to be dialled.</summary>
internal sealed record RegistryHost
{
    internal required string Scheme { get; init; }

    internal required string Authority { get; init; }

    internal required string Path { get; init; }

    internal required HostCapabilities Capabilities { get; init; }

    internal required TlsSetup Tls { get; init; }

    internal ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>https is tried first, http where the other side does not speak TLS at all: only for hosts that were configured, or default, to http.</summary>
    internal bool FallsBackToHttp { get; init; }

    /// <summary>True when this host stands in for <paramref name="registry"/> and has to be told so with <c>?ns=</c>.</summary>
    internal bool IsProxyFor(string registry) => Authority != registry && !(registry == "docker.io" && Authority == "registry-1.docker.io");

    internal bool Can(HostCapabilities wanted) => (Capabilities & wanted) == wanted;
}
