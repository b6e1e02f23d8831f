using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary><c>image: sha256:…</c> in a pod: the kubelet's records can lose it, so the gate judges it (kubelet-observed.md section 1).</summary>
[Collection(KubeletDefinition.Name)]
public sealed class ByIdTests(KubeletWorld world)
{
    private readonly KubeletPod _pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_IdOfAnAdmittedImage_RunsWithoutAPull(string version)
    {
        var (image, _) = await world.PushAsync();
        using var kubelet = new KubeletClient((await world.GateAsync(version)).SocketPath);
        // As crictl does it: by name, without a pod. The kubelet has no record of it.
        using var crictl = (await world.GateAsync(version)).Cri();
        var id = await crictl.PullImageAsync(image);

        foreach (var policy in new[] { PullPolicy.IfNotPresent, PullPolicy.Never })
        {
            var start = await kubelet.StartContainerAsync(_pod, id, policy);
            Assert.Equal((null, null), (start.Failure, start.Pull));
            Assert.Equal((id, 1000L), (start.ForUser?.Id, start.ForUser?.Uid));
        }
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_IdOfASmuggledImage_IsAbsentAndNoNameThatARuleMatches(string version)
    {
        var (image, _) = await world.PushAsync(isSigned: false);
        var id = (await (await world.ContainerdAsync(version)).SmuggleAsync(image + ":latest")).Id;
        using var kubelet = new KubeletClient((await world.GateAsync(version)).SocketPath);

        Assert.Equal("ErrImageNeverPull", (await kubelet.StartContainerAsync(_pod, id, PullPolicy.Never)).Failure);
        Assert.Equal("ErrImageNeverPull", (await kubelet.StartContainerAsync(_pod, id["sha256:".Length..], PullPolicy.Never)).Failure);
        var start = await kubelet.StartContainerAsync(_pod, id, PullPolicy.IfNotPresent);
        Assert.Equal(2, start.Pull!.Status);
        Assert.StartsWith($"SignatureValidationFailed: {id}: NoMatchingRule: ", start.Failure, StringComparison.Ordinal);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_AdmittedContentUnderASmuggledName_IsPresentByIdAndNotByThatName(string version)
    {
        var (image, _) = await world.PushAsync();
        var containerd = await world.ContainerdAsync(version);
        using var kubelet = new KubeletClient((await world.GateAsync(version)).SocketPath);
        var id = (await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent)).ForUser!.Id;
        var copy = image + "-copy:latest";
        (await containerd.CtrAsync("images", "tag", image + ":latest", copy)).EnsureSuccess();
        using var direct = containerd.Cri();
        await Eventually.FoundAsync("containerd shows the copy", () => direct.ImageStatusAsync(copy));

        Assert.Equal(id, (await kubelet.StatusBeforeAsync(_pod, id))?.Id);
        Assert.Null(await kubelet.StatusBeforeAsync(_pod, copy));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_TagGivenToAnotherImageBehindTheGate_IsAbsentUntilItIsPulledAgain(string version)
    {
        var (image, _) = await world.PushAsync();
        var (evil, _) = await world.PushAsync(isSigned: false);
        var containerd = await world.ContainerdAsync(version);
        using var kubelet = new KubeletClient((await world.GateAsync(version)).SocketPath);
        var id = (await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent)).ForUser!.Id;
        var evilId = (await containerd.SmuggleAsync(evil + ":latest")).Id;
        (await containerd.CtrAsync("images", "tag", "--force", evil + ":latest", image + ":latest")).EnsureSuccess();
        using var direct = containerd.Cri();
        await Eventually.TrueAsync("containerd shows the other image", async () => (await direct.ImageStatusAsync(image))?.Id == evilId);

        Assert.Null(await kubelet.StatusBeforeAsync(_pod, image));
        var start = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);

        Assert.NotNull(start.Pull);
        Assert.Equal((id, 1000L), (start.ForUser?.Id, start.ForUser?.Uid));
    }
}
