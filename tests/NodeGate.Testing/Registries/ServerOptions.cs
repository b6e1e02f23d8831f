using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace NodeGate.Testing.Registries;

/// <summary>How a <see cref="ScriptedServer"/> listens.</summary>
public sealed record ServerOptions
{
    /// <summary>Https with this certificate; null is plain http.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Ask for a client certificate and take any.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>127.0.0.1, or another address of 127/8 where a test needs a second host.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 is any free port.</summary>
    public int Port { get; init; }
}
