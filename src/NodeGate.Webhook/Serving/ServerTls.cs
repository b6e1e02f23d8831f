using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace NodeGate.Webhook.Serving;

/// <summary>What holds for one TLS handshake: the certificate of this moment, and the client authorities of this moment.</summary>
internal sealed class ServerTls(IServerCertificates certificates, ClientAuthorities? clients)
{
    /// <exception cref="AuthenticationException">There is no certificate yet; the connection is closed.</exception>
    internal SslServerAuthenticationOptions ForHandshake()
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Current ?? throw new AuthenticationException("there is no certificate to serve yet"),
#pragma warning disable CA5398 // TLS 1.0 and 1.1 are what this keeps out, whatever the system's configuration of OpenSSL says.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
            AllowRenegotiation = false,
            // A resumed session would be judged by the client authorities of the past.
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (clients is not null)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = clients.ChainPolicy();
            // Without one a client may look at health and metrics: the kubelet has none. A wrong one ends the handshake.
            options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None;
        }

        return options;
    }
}
