using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.Time;
using NodeGate.Webhook.Kubernetes;
using NodeGate.Webhook.Tests.Certificates;

namespace NodeGate.Webhook.Tests.Kubernetes;

public sealed class WorkloadOwnersTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly ProblemLog<WorkloadOwners> _log = new();
    private Cluster _cluster = null!;
    private WorkloadOwners _owners = null!;
    private WorkloadOwner _owner = null!;

    public async Task InitializeAsync()
    {
        _cluster = await Cluster.StartAsync(_time);
        _owners = new WorkloadOwners(_cluster.Client, _time, _log);
        var found = _cluster.Server.AddWorkload("""{"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web-1", "namespace": "team"}, "spec": {}}""");
        _owner = new WorkloadOwner("apps/v1", "ReplicaSet", "web-1", (string)found["metadata"]!["uid"]!);
    }

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task FindAsync_Owner_IsFound()
    {
        using var found = await _owners.FindAsync(_owner, "team", default);

        Assert.Equal("web-1", found!.RootElement.GetProperty("metadata").GetProperty("name").GetString());
        Assert.Empty(_log.Texts);
    }

    [Fact]
    public async Task FindAsync_OtherUid_IsNull()
    {
        // The name alone may be somebody else's by now.
        Assert.Null(await _owners.FindAsync(_owner with { Uid = Guid.NewGuid().ToString() }, "team", default));
        Assert.Contains("another UID", Assert.Single(_log.Texts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_NoUidOnEitherSide_IsNull()
    {
        var path = "apis/apps/v1/namespaces/team/replicasets/bare";
        _cluster.Server.Put(path, """{"metadata": {"uid": ""}}""");

        Assert.Null(await _owners.FindAsync(new WorkloadOwner("apps/v1", "ReplicaSet", "bare", ""), "team", default));
    }

    [Fact]
    public async Task FindAsync_OtherNamespace_IsNull() => Assert.Null(await _owners.FindAsync(_owner, "other", default));

    [Theory]
    [InlineData(ApiFault.Forbidden)]
    [InlineData(ApiFault.InternalError)]
    [InlineData(ApiFault.Oversized)]
    [InlineData(ApiFault.NotJson)]
    public async Task FindAsync_Fault_IsNullWithoutAWarning(ApiFault fault)
    {
        _cluster.Server.Fault = (_, _) => fault;

        Assert.Null(await _owners.FindAsync(_owner, "team", default));
        Assert.Single(_log.Texts);
        Assert.Empty(_log.Problems);
    }

    [Fact]
    public async Task FindAsync_NoAnswer_IsNullAfterASecond()
    {
        _cluster.Server.Fault = (_, _) => ApiFault.Hangs;
        var asked = new TaskCompletionSource();
        _cluster.Server.Before = (_, _) => asked.SetResult();

        var search = _owners.FindAsync(_owner, "team", default);
        await asked.Task;
        _time.Advance(WebhookLimits.OwnerTimeout);

        Assert.Null(await search);
        Assert.Contains("within 1 s", Assert.Single(_log.Texts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_CallerGone_IsCancelled()
    {
        _cluster.Server.Fault = (_, _) => ApiFault.Hangs;
        using var caller = new CancellationTokenSource();
        _cluster.Server.Before = (_, _) => caller.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _owners.FindAsync(_owner, "team", caller.Token));
    }

    [Theory]
    [InlineData("argoproj.io/v1alpha1", "Rollout", "web-1")]
    [InlineData("apps/v1", "ReplicaSet", "../../secrets/x")]
    public async Task FindAsync_NoAddress_AsksNothing(string version, string kind, string name)
    {
        Assert.Null(await _owners.FindAsync(new WorkloadOwner(version, kind, name, "u"), "team", default));
        Assert.Empty(_cluster.Server.Requests);
    }
}
