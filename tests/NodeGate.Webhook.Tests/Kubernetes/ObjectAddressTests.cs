using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Tests.Kubernetes;

public sealed class ObjectAddressTests
{
    public static TheoryData<string> BadNames() =>
    [
        "", ".", "..", "../x", "a/b", "a?b", "a#b", "a%2fb", "a b", "A", "-a", "a-", ".a", "a.", "a..b", "a_b", "a\n", "ä", "a\u0000", "a.-b", new string('a', 254),
    ];

    [Theory]
    [MemberData(nameof(BadNames))]
    public void Secret_BadName_HasNoAddress(string name)
    {
        Assert.Null(ObjectAddress.Secret("team", name));
        Assert.Null(ObjectAddress.Secret(name, "pull"));
        Assert.Null(ObjectAddress.ServiceAccount("team", name));
        Assert.Null(ObjectAddress.Workload(new WorkloadOwner("apps/v1", "ReplicaSet", name, "u"), "team"));
        Assert.Null(ObjectAddress.MutatingWebhooks(name));
        Assert.Null(ObjectAddress.ValidatingWebhooks(name));
    }

    [Fact]
    public void Secret_NamespaceWithDots_HasNoAddress()
    {
        Assert.Null(ObjectAddress.Secret("team.a", "pull"));
        Assert.Null(ObjectAddress.Secret(new string('a', 64), "pull"));
    }

    [Fact]
    public void Secret_Names_AreThePath() => Assert.Equal("api/v1/namespaces/team-1/secrets/pull.secret-2", ObjectAddress.Secret("team-1", "pull.secret-2")!.Path);

    [Theory]
    [InlineData("apps/v1", "ReplicaSet", "apis/apps/v1/namespaces/team/replicasets/x")]
    [InlineData("apps/v1", "Deployment", "apis/apps/v1/namespaces/team/deployments/x")]
    [InlineData("apps/v1", "StatefulSet", "apis/apps/v1/namespaces/team/statefulsets/x")]
    [InlineData("apps/v1", "DaemonSet", "apis/apps/v1/namespaces/team/daemonsets/x")]
    [InlineData("v1", "ReplicationController", "api/v1/namespaces/team/replicationcontrollers/x")]
    [InlineData("batch/v1", "Job", "apis/batch/v1/namespaces/team/jobs/x")]
    [InlineData("batch/v1", "CronJob", "apis/batch/v1/namespaces/team/cronjobs/x")]
    public void Workload_Kind_IsThePath(string version, string kind, string path) =>
        Assert.Equal(path, ObjectAddress.Workload(new WorkloadOwner(version, kind, "x", "u"), "team")!.Path);

    [Theory]
    [InlineData("apps/v1", "Job")]
    [InlineData("batch/v1beta1", "CronJob")]
    [InlineData("argoproj.io/v1alpha1", "Rollout")]
    [InlineData("v1", "Node")]
    [InlineData("../..", "ReplicaSet")]
    public void Workload_OtherKind_HasNoAddress(string version, string kind) =>
        Assert.Null(ObjectAddress.Workload(new WorkloadOwner(version, kind, "x", "u"), "team"));

    [Fact]
    public void Webhooks_Names_AreThePaths()
    {
        Assert.Equal("apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/nodegate", ObjectAddress.MutatingWebhooks("nodegate")!.Path);
        Assert.Equal("apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/nodegate", ObjectAddress.ValidatingWebhooks("nodegate")!.Path);
    }
}
