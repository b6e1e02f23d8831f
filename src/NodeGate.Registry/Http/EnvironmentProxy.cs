using System.Net;

namespace NodeGate.Registry.Http;

/// <summary>HTTPS_PROXY and NO_PROXY as Go has them: loopback addresses and localhost are never sent through a proxy.</summary>
internal sealed class EnvironmentProxy : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => throw new NotSupportedException("The proxy comes from the environment.");
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}
