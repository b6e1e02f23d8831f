using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Registry.Http;

namespace NodeGate.Registry.Hosts;

/// <summary>The hosts of a registry in containerd's order, with its defaults for what the node's files leave open (ConfigureHosts in containerd).</summary>
internal sealed class HostTable(CertsDirectory certs, TlsSetups setups, IEnumerable<string> plainHttp)
{
    private readonly FrozenSet<string> _plainHttp = plainHttp.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ContentException">A file that the node's configuration names cannot be used.</exception>
    internal ImmutableArray<RegistryHost> For(string registry)
    {
        try
        {
            var configs = certs.Find(registry) ?? [new HostConfig()];
            return [.. configs.Select(config => Complete(config, registry))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ContentException(
                ContentFailure.Unavailable,
                $"The node's certs.d configuration for {registry} cannot be used: {e.Message} Fix the file that it names.",
                e);
        }
    }

    private RegistryHost Complete(HostConfig config, string registry)
    {
        if (config.Authority is null || config.Scheme is null)
        {
            config = WithDefaultHost(config, registry);
        }

        var (scheme, authority) = (config.Scheme!, config.Authority!);
        var port = Port(authority);
        var fallsBack = scheme == "http" && config.HasTlsSettings && port is not (null or "80") && !_plainHttp.Contains(authority);
        return new RegistryHost
        {
            Scheme = fallsBack ? "https" : scheme,
            FallsBackToHttp = fallsBack,
            Authority = authority,
            Path = config.Path,
            Capabilities = config.Capabilities,
            Headers = config.Headers,
            Tls = setups.Load(config),
        };
    }

    private HostConfig WithDefaultHost(HostConfig config, string registry)
    {
        config = config with { Path = "/v2", Capabilities = HostCapabilities.All, Authority = registry, Scheme = "https" };
        if (_plainHttp.Contains(registry))
        {
            return config with { Scheme = "http" };
        }

        if (registry == "docker.io")
        {
            return config with { Authority = "registry-1.docker.io" };
        }

        if (!IsLocalhost(registry))
        {
            return config;
        }

        var port = Port(registry);
        return config with
        {
            Scheme = port is null or "443" ? "https" : "http",
            SkipVerify = port == "80" ? config.SkipVerify : true,
        };
    }

    private static bool IsLocalhost(string authority)
    {
        var host = Port(authority) is { } port ? authority[..^(port.Length + 1)].Trim('[', ']') : authority;
        return host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address) && !authority.EndsWith(']'));
    }

    private static string? Port(string authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon < 0 || authority.EndsWith(']') ? null : authority[(colon + 1)..];
    }
}
