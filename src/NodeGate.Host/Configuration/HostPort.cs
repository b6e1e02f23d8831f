using System.Net;

namespace NodeGate.Host.Configuration;

/// <summary>An address to listen on.</summary>
/// <param name="Host">An IP address or <c>localhost</c>.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
internal sealed record HostPort(string Host, int Port)
{
    /// <summary>The same for a socket.</summary>
    internal IPEndPoint EndPoint => new(Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(Host), Port);
}
