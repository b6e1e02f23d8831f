using System.Net.Security;

namespace NodeGate.Webhook.Serving;

/// <summary>The port to the certificate that is served. Asked at every handshake; a changed certificate holds for the next one.</summary>
public interface IServerCertificates
{
    /// <summary>The certificate with its chain; null while there is none, and then no connection is made.</summary>
    SslStreamCertificateContext? Current { get; }

    /// <summary>When <see cref="Current"/> ends; null while there is none.</summary>
    DateTimeOffset? Expires { get; }
}
