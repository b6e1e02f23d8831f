using Microsoft.Extensions.Logging;
using NodeGate.Oci;
using NodeGate.Registry.Auth;
using NodeGate.Registry.Hosts;
using NodeGate.Registry.Http;
using NodeGate.Registry.Toml;

namespace NodeGate.Registry;

/// <summary>Opens repositories over the node's registries. One for the process: it owns the connections.</summary>
public sealed class RegistryImageSourceFactory : IImageSourceFactory, IDisposable, IAsyncDisposable
{
    private const string DefaultCertsDir = "/etc/containerd/certs.d";

    private readonly RegistryContext _context;
    private readonly HostTable _hosts;
    private readonly ICredentialSource _nodeCredentials;

    /// <summary>Creates the factory; nothing is read or dialled yet.</summary>
    public RegistryImageSourceFactory(RegistryOptions options, TimeProvider time, ILogger<RegistryImageSourceFactory> logger)
        : this(options, new RegistryTimings(), time, logger)
    {
    }

    internal RegistryImageSourceFactory(RegistryOptions options, RegistryTimings timings, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        if (options.Timeout <= TimeSpan.Zero)
        {
            throw new ArgumentException($"Timeout must be positive, found {options.Timeout}.", nameof(options));
        }

        _context = new RegistryContext(options, timings, time, logger);
        var certs = new CertsDirectory(options.CertsDir ?? DefaultCertsDir, new TomlReader(), logger);
        _hosts = new HostTable(certs, new TlsSetups(), options.PlainHttp);
        _nodeCredentials = options.DockerConfigPath is { } path ? new DockerConfig(path, logger) : new NoCredentials();
    }

    /// <inheritdoc/>
    public IImageSource Open(ImageReference reference, RegistryCredential? credential)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return new RegistryImageSource(_context, _hosts, reference, credential is null ? _nodeCredentials : new CallerCredentials(credential));
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
