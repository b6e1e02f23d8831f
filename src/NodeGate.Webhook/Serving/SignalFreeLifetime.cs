using Microsoft.Extensions.Hosting;

namespace NodeGate.Webhook.Serving;

/// <summary>
/// The life of a web host inside a daemon: signals are the daemon's own. The console's lifetime, which a web host has by default, would take SIGTERM
/// as well; one that comes while the host starts would end the process without order.
/// </summary>
public sealed class SignalFreeLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
