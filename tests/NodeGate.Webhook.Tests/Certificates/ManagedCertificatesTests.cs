using NodeGate.Testing.Kubernetes;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Tests.Certificates;

public sealed class ManagedCertificatesTests : IAsyncLifetime
{
    private readonly ProblemLog<ManagedCertificates> _log = new();
    private ManagedCluster _managed = null!;
    private ManagedCertificates _certificates = null!;

    private ApiServer Server => _managed.Cluster.Server;

    public async Task InitializeAsync()
    {
        _managed = await ManagedCluster.StartAsync();
        _certificates = _managed.Managed(_log);
    }

    public Task DisposeAsync() => _managed.DisposeAsync().AsTask();

    [Fact]
    public void Current_NotStarted_IsNothingWithAProblem()
    {
        Assert.Null(_certificates.Current);
        Assert.Null(_certificates.Expires);
        Assert.NotNull(_certificates.Problem);
    }

    [Fact]
    public async Task RunAsync_Start_ServesItsOwn()
    {
        await using var run = await StartAsync();

        Assert.Equal("CN=nodegate-webhook", _certificates.Current!.TargetCertificate.Subject);
        Assert.InRange(_certificates.Expires!.Value, _managed.Time.GetUtcNow().AddDays(89), _managed.Time.GetUtcNow().AddDays(91));
        Assert.Null(_certificates.Problem);
        Assert.Empty(_log.Problems);
    }

    [Fact]
    public async Task RunAsync_RenewedElsewhere_IsTakenWithinTheHour()
    {
        await using var run = await StartAsync();
        var first = _certificates.Current!.TargetCertificate.Thumbprint;
        var secret = Server.Find(ManagedCluster.SecretPath)!;
        secret["data"]!.AsObject().Remove("tls.crt");
        Server.Put(ManagedCluster.SecretPath, secret.ToJsonString());
        var other = await _managed.Keeper().KeepAsync(default);

        await run.TickAsync(TimeSpan.FromHours(1));

        Assert.NotEqual(first, _certificates.Current.TargetCertificate.Thumbprint);
        Assert.Equal(other.Pair!.Leaf.Thumbprint, _certificates.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public async Task RunAsync_Fault_KeepsTheLastGoodAndRetriesLessAndLessOften()
    {
        await using var run = await StartAsync();
        var good = _certificates.Current!.TargetCertificate.Thumbprint;
        Server.Fault = (_, _) => ApiFault.InternalError;
        await run.TickAsync(TimeSpan.FromHours(1));
        Server.ClearRequests();

        foreach (var seconds in new[] { 5, 10, 20, 40, 80, 160, 300, 300 })
        {
            await run.TickAsync(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            var before = Server.Requests.Count;
            await run.TickAsync(TimeSpan.FromMilliseconds(1));
            Assert.Equal(before + 1, Server.Requests.Count);
        }

        Assert.Equal(good, _certificates.Current.TargetCertificate.Thumbprint);
        Assert.Contains("answered 500", _certificates.Problem, StringComparison.Ordinal);
        Assert.Single(_log.Problems);

        Server.Fault = (_, _) => ApiFault.None;
        await run.TickAsync(TimeSpan.FromMinutes(5));
        Assert.Null(_certificates.Problem);
    }

    [Fact]
    public async Task RunAsync_SecretGone_KeepsServingAndMakesAnother()
    {
        await using var run = await StartAsync();
        Server.Remove(ManagedCluster.SecretPath);

        await run.TickAsync(TimeSpan.FromHours(1));

        Assert.Null(_certificates.Problem);
        Assert.NotNull(_managed.Pem("tls.crt"));
        // The authority before stays in the bundles: other replicas serve its certificate for another hour.
        Assert.Equal(2, _managed.Bundle(ManagedCluster.MutatingPath).Count);
    }

    private async Task<RunningCertificates> StartAsync()
    {
        var run = new RunningCertificates(_certificates, _managed.Time);
        await _managed.Time.UntilTimersAsync(1);
        return run;
    }
}
