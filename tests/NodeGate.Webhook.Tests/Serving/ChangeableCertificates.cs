using System.Net.Security;
using NodeGate.Testing.Registries;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

/// <summary>Server certificates that a test exchanges, or takes away.</summary>
internal sealed class ChangeableCertificates : IServerCertificates
{
    public SslStreamCertificateContext? Current { get; private set; }

    public DateTimeOffset? Expires => Current?.TargetCertificate.NotAfter.ToUniversalTime();

    public string? Problem { get; private set; }

    public Task RunAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

    internal void ServeOneOf(TestCertificates authority) =>
        (Current, Problem) = (SslStreamCertificateContext.Create(authority.IssueServer(), null, offline: true), null);

    internal void ServeNone(string problem) => (Current, Problem) = (null, problem);
}
