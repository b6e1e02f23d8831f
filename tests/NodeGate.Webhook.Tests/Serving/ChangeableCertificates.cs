using System.Net.Security;
using NodeGate.Testing.Registries;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

/// <summary>Server certificates that a test exchanges, or takes away.</summary>
internal sealed class ChangeableCertificates : IServerCertificates
{
    public SslStreamCertificateContext? Current { get; private set; }

    public DateTimeOffset? Expires => Current?.TargetCertificate.NotAfter.ToUniversalTime();

    public string? Problem => null;

    public Task RunAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

    internal void ServeOneOf(TestCertificates authority) =>
        Current = SslStreamCertificateContext.Create(authority.IssueServer(), null, offline: true);

    internal void ServeNone() => Current = null;
}
