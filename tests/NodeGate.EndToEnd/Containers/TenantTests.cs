using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Containers;

/// <summary>Real pods with NodeGate as image and runtime endpoint: what is on the node runs only where it is admitted.</summary>
[Collection(ContainersDefinition.Name)]
public sealed class TenantTests(ContainersWorld world)
{
    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_AnotherTenantsImageOnTheNode_RunsOnlyInItsOwnNamespace(string version)
    {
        var node = await world.NodeAsync(version);
        var image = (await world.PushAsync("a")).Name + ":1";
        using var cri = node.Gate.Cri();
        await using var own = await RunningPod.StartAsync(cri, "prod-a");
        await using var other = await RunningPod.StartAsync(cri, "prod-b");

        var id = await own.PullAsync(image);
        await own.RunAsync(id, image);

        // It is on the node, and reported: ImageStatus has no namespace.
        Assert.Equal(id, (await cri.ImageStatusAsync(image))?.Id);
        await other.RefusedAsync($"SignatureValidationFailed: {image}: NoMatchingRule: ", id, image);
        await other.RefusedAsync($"SignatureValidationFailed: {image}: NoMatchingRule: ", image, image);
        await other.RefusedAsync($"SignatureValidationFailed: {id}: NoMatchingRule: ", id, null);
        var line = await node.Gate.AuditLineAsync(line =>
            line.GetProperty("event").GetString() == "createContainer" && line.GetProperty("namespace").GetString() == "prod-b" && line.GetProperty("image").GetString() == image);
        Assert.Equal(("Denied", "NoMatchingRule"), (line.GetProperty("decision").GetString(), line.GetProperty("reason").GetString()));
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_SharedImage_RunsInBothWithOnePull(string version)
    {
        var node = await world.NodeAsync(version);
        var image = (await world.PushAsync("shared")).Name + ":1";
        using var cri = node.Gate.Cri();
        await using var one = await RunningPod.StartAsync(cri, "prod-a");
        await using var two = await RunningPod.StartAsync(cri, "prod-b");

        var id = await one.PullAsync(image);

        await one.RunAsync(id, image);
        await two.RunAsync(id, image);

        // A kubelet before 1.29 does not say what the pod wrote; crictl may give the name alone.
        await two.RunAsync(id, null);
        await two.RunAsync(image, null);
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_PodSaysABareId_IsRefused(string version)
    {
        var node = await world.NodeAsync(version);
        var image = (await world.PushAsync("shared")).Name + ":1";
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod-a");
        var id = await pod.PullAsync(image);

        await pod.RefusedAsync($"SignatureValidationFailed: {id}: NoMatchingRule: ", id, id);
        await pod.RefusedAsync($"SignatureValidationFailed: {id[7..]}: NoMatchingRule: ", id, id[7..]);
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_NoImageOrAPath_IsContainerdsAnswerForAMissingImage(string version)
    {
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod-a");

        // A path is a checkpoint archive to containerd 2.x: content that nobody can judge.
        foreach (var image in new[] { "/etc/passwd", "127.0.0.1:1/no-such:1", "sha256:" + new string('1', 64) })
        {
            var reply = await pod.TryCreateAsync(image, "127.0.0.1:1/no-such:1");
            Assert.Equal((5, $"failed to resolve image \"{image}\": not found"), (reply.Status, reply.StatusMessage));
        }

        Assert.Empty(await pod.ContainersAsync());
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_AuditModeOrException_RunsAndIsRecorded(string version)
    {
        var registry = await world.RegistryAsync();
        var (watched, _) = await world.PushAsync("watched", isSigned: false);
        var (legacy, pushed) = await world.PushAsync("shared", isSigned: false);
        var node = await world.NodeAsync(version);
        await using var gate = await node.StartGateAsync(world.Policy(registry, $$"""
            exceptions:
              - {name: legacy, images: ["{{legacy}}@{{pushed.Digest}}"], expires: 2099-12-31T00:00:00Z, owner: team-a}
            """));
        using var cri = gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod-b");

        foreach (var (image, decision, reason, mode) in new[] { (watched + ":1", "Denied", "NoSignature", "audit"), (legacy + ":1", "Admitted", "Exempted", "enforce") })
        {
            await pod.RunAsync(await pod.PullAsync(image), image);
            var line = await gate.AuditLineAsync(line =>
                line.GetProperty("event").GetString() == "createContainer" && line.GetProperty("image").GetString() == image);
            Assert.Equal(
                (decision, reason, mode, "prod-b"),
                (line.GetProperty("decision").GetString(), line.GetProperty("reason").GetString(), line.GetProperty("mode").GetString(), line.GetProperty("namespace").GetString()));
        }
    }
}
