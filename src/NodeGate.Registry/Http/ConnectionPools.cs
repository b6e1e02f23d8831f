using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace NodeGate.Registry.Http;

/// <summary>One pool of connections for each TLS setup. Connections are shared between callers; nothing of a caller sticks to one.</summary>
internal sealed class ConnectionPools : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HttpMessageInvoker> _pools = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private bool _disposed;

    internal HttpMessageInvoker Get(TlsSetup tls)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_pools.TryGetValue(tls.Key, out var pool))
            {
                return pool;
            }

            // Only certificates that keep changing get here; a handler that is disposed lets its running requests end.
            if (_pools.Count >= RegistryLimits.MaxConnectionPools && _pools.Remove(_order.Dequeue(), out var oldest))
            {
                oldest.Dispose();
            }

            pool = new HttpMessageInvoker(Create(tls), disposeHandler: true);
            _pools.Add(tls.Key, pool);
            _order.Enqueue(tls.Key);
            return pool;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var pool in _pools.Values)
            {
                pool.Dispose();
            }

            _pools.Clear();
        }
    }

    private static SocketsHttpHandler Create(TlsSetup tls) => new()
    {
        // Redirects are followed by hand: the handler's own would take headers of ours to another host.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        PreAuthenticate = false,
        Proxy = new EnvironmentProxy(),
        ConnectTimeout = tls.DialTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = RegistryLimits.MaxConnectionsPerServer,
        MaxResponseHeadersLength = RegistryLimits.MaxResponseHeaderKilobytes,
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        ActivityHeadersPropagator = null,
        SslOptions = CreateSslOptions(tls),
    };

    private static SslClientAuthenticationOptions CreateSslOptions(TlsSetup tls)
    {
        // verification.md 7.2: by default the peer's certificate makes this process fetch URLs that the peer chose.
        var chain = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (tls.Authorities.Length > 0)
        {
            // containerd adds to the system's roots; .NET replaces them, so they are put back.
            chain.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.CustomTrustStore.AddRange(tls.Authorities.ToArray());
            using var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
            chain.CustomTrustStore.AddRange(system.Certificates);
        }

        var options = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = chain,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = tls.SkipVerify
#pragma warning disable CA5359 // The administrator's skip_verify, or localhost as containerd has it. Bytes are still bound by their digest.
                ? (_, _, _, _) => true
#pragma warning restore CA5359
                : (_, _, _, errors) => errors == SslPolicyErrors.None ? true : throw new CertificateRefusedException(errors),
        };
        if (tls.ClientCertificates.Length == 1)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(tls.ClientCertificates[0], null, offline: true);
        }
        else if (tls.ClientCertificates.Length > 1)
        {
            options.ClientCertificates = new X509CertificateCollection(tls.ClientCertificates.ToArray<X509Certificate>());
        }

        return options;
    }
}
