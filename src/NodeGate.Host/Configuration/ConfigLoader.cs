using NodeGate.CriProxy;
using NodeGate.Host.Commands;
using NodeGate.Host.Control;
using NodeGate.Host.Daemon;
using NodeGate.Policy;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Host.Configuration;

/// <summary>
/// Reads the configuration of design.md section 5: the one place where text becomes settings. Every error is collected, with file,
/// place, what was found and what was expected; an unknown key is an error, because a misspelt setting would silently not hold.
/// </summary>
internal static class ConfigLoader
{
    /// <summary>Reads <paramref name="path"/>; without one, the default file where it exists, else the defaults.</summary>
    internal static ConfigLoadResult Load(string? path)
    {
        if (path is null && !File.Exists(CommonOptions.DefaultConfigPath))
        {
            return new ConfigLoadResult(new NodeGateConfig(), []);
        }

        var file = path ?? CommonOptions.DefaultConfigPath;
        return PolicyFolder.TryRead(file, PolicyLimits.MaxFileBytes + 1, out var content, out var error)
            ? Parse(new PolicyFile(file, content))
            : new ConfigLoadResult(null, [new PolicyError(new PolicyPosition(file, 0, 0, ""), error, "a configuration file that can be read")]);
    }

    /// <summary>Parses the configuration in <paramref name="file"/>.</summary>
    internal static ConfigLoadResult Parse(PolicyFile file)
    {
        var errors = new ErrorList();
        var documents = YamlReader.Read(file, errors);
        if (documents is not [YamlMapping root])
        {
            if (errors.Count == 0)
            {
                errors.Add(
                    new PolicyPosition(file.Path, 0, 0, ""),
                    $"{documents.Length} documents, or one that is no mapping",
                    "one mapping with 'apiVersion: nodegate.dev/v1' and 'kind: NodeGateConfig'");
            }

            return new ConfigLoadResult(null, errors.ToSorted());
        }

        var config = Read(new ConfigSection(root, errors));
        return errors.Count == 0 ? new ConfigLoadResult(config, []) : new ConfigLoadResult(null, errors.ToSorted());
    }

    private static NodeGateConfig Read(ConfigSection root)
    {
        var defaults = new NodeGateConfig();
        root.Exactly("apiVersion", "nodegate.dev/v1");
        root.Exactly("kind", "NodeGateConfig");
        var config = new NodeGateConfig
        {
            Listen = root.UnixSocket(
                "listen",
                defaults.Listen,
                ControlSocket.MaxListenBytes,
                $"the kernel takes {CriProxyOptions.MaxSocketPathBytes}, and the control socket's (…{ControlSocket.PathFor(".sock")}) must fit as well"),
            ListenGroup = root.Text("listenGroup"),
            Upstream = root.UnixSocket("upstream", defaults.Upstream, CriProxyOptions.MaxSocketPathBytes, "the kernel takes no longer one"),
            Policy = root.AbsolutePath("policy", defaults.Policy),
            State = root.AbsolutePath("state", defaults.State),
            Audit = ReadAudit(root.Section("audit"), defaults.Audit),
            Registry = ReadRegistry(root.Section("registry"), defaults.Registry),
            Cache = ReadCache(root.Section("cache"), defaults.Cache),
            MetricsListen = ReadMetrics(root.Section("metrics"), defaults.MetricsListen),
            Webhook = WebhookReader.Read(root.Section("webhook"), defaults.Webhook),
            UnusedKeys = [.. ReadTelemetry(root.Section("telemetry"))],
        };
        root.RefuseOthers();
        return config;
    }

    private static AuditConfig ReadAudit(ConfigSection section, AuditConfig defaults)
    {
        var audit = new AuditConfig
        {
            Path = section.AbsolutePath("path", defaults.Path),
            MaxBytes = section.Size("maxBytes", defaults.MaxBytes, min: 4096),
            Keep = section.Integer("keep", defaults.Keep, 1, 1000),
        };
        section.RefuseOthers();
        return audit;
    }

    private static RegistryConfig ReadRegistry(ConfigSection section, RegistryConfig defaults)
    {
        var registry = new RegistryConfig
        {
            CertsDir = section.Text("certsDir") ?? defaults.CertsDir,
            Timeout = section.Duration("timeout", defaults.Timeout),
            PlainHttp = section.Texts("plainHttp"),
        };
        section.RefuseOthers();
        return registry;
    }

    private static CacheConfig ReadCache(ConfigSection section, CacheConfig defaults)
    {
        var cache = new CacheConfig
        {
            AdmittedFor = section.Duration("admittedFor", defaults.AdmittedFor),
            GraceFor = section.DurationOrZero("graceFor", defaults.GraceFor),
            DeniedFor = section.Duration("deniedFor", defaults.DeniedFor),
        };
        section.RefuseOthers();
        return cache;
    }

    private static HostPort? ReadMetrics(ConfigSection section, HostPort? defaults)
    {
        var listen = section.IsNull("listen") ? null : section.Address("listen", defaults);
        section.RefuseOthers();
        return listen;
    }

    private static IEnumerable<string> ReadTelemetry(ConfigSection section)
    {
        var otlp = section.Text("otlp");
        section.RefuseOthers();
        return otlp is null ? [] : ["telemetry.otlp"];
    }
}
