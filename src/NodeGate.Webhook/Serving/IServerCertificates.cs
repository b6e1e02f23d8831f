using System.Net.Security;

namespace NodeGate.Webhook.Serving;

/// <summary>The port to the certificate that is served. Asked at every handshake; a changed certificate holds for the next one.</summary>
public interface IServerCertificates
{
    /// <summary>The certificate with its chain; null while there is none, and then no connection is made.</summary>
    SslStreamCertificateContext? Current { get; }

    /// <summary>When <see cref="Current"/> ends; null while there is none.</summary>
    DateTimeOffset? Expires { get; }

    /// <summary>What is wrong at present, in one sentence with the fix; null where nothing is. <see cref="Current"/> is served all the same.</summary>
    string? Problem { get; }

    /// <summary>Looks for the certificate at once and then as often as it may change, until <paramref name="cancellationToken"/> ends it.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
