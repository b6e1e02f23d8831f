using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>A present image is emptied only before a pull, never after: else the kubelet takes uid 0 (kubelet-observed.md section 4).</summary>
[Collection(KubeletDefinition.Name)]
public sealed class PresenceTests(KubeletWorld world)
{
    private readonly KubeletPod _pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ImageStatus_PolicyChangedAfterTheGoodPull_StillHasTheUser(string version)
    {
        var (image, _) = await world.PushAsync();
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);
        Assert.Equal(0, (await kubelet.PullAsync(_pod, image)).Status);

        await DenyAsync(gate, image);

        // (A) for the size, (B) for the user: both of the pull that was good.
        Assert.Equal(1000, (await kubelet.StatusBeforeAsync(_pod, image))?.Uid);
        Assert.Equal(1000, (await kubelet.StatusForUserAsync(image))?.Uid);
        Assert.Equal(2, (await kubelet.PullAsync(_pod, image)).Status);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ImageStatus_DaemonRestartedWithAnotherPolicyAfterTheGoodPull_StillHasTheUser(string version)
    {
        var (image, _) = await world.PushAsync();
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);
        Assert.Equal(0, (await kubelet.PullAsync(_pod, image)).Status);

        await gate.KillAsync();
        gate.WritePolicy(await DenialAsync(image));
        await gate.RestartAsync();

        Assert.Equal(1000, (await kubelet.StatusBeforeAsync(_pod, image))?.Uid);
        Assert.Equal(1000, (await kubelet.StatusForUserAsync(image))?.Uid);
        Assert.Equal(2, (await kubelet.PullAsync(_pod, image)).Status);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ImageStatus_PresentAnswerThenPolicyChanged_StillHasTheUser(string version)
    {
        var (image, _) = await world.PushAsync();
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);
        await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);

        // The next container of the image: between (A) and (B) the policy changes.
        Assert.NotNull(await kubelet.StatusBeforeAsync(_pod, image));
        await DenyAsync(gate, image);
        Assert.Equal(1000, (await kubelet.StatusForUserAsync(image))?.Uid);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ImageStatus_LedgerKnowsNothing_IsEmptyBeforeThePullAndFullAfterIt(string version)
    {
        var (image, _) = await world.PushAsync();
        using var direct = (await world.ContainerdAsync(version)).Cri();
        await direct.PullImageAsync(image);
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);

        Assert.Null(await kubelet.StatusBeforeAsync(_pod, image));
        Assert.Equal(0, (await kubelet.PullAsync(_pod, image)).Status);
        Assert.Equal(1000, (await kubelet.StatusBeforeAsync(_pod, image))?.Uid);
        Assert.Equal(1000, (await kubelet.StatusForUserAsync(image))?.Uid);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ImageStatus_PolicyForbidsWhatIsThere_IsEmptyAndThePullSaysWhy(string version)
    {
        var (image, _) = await world.PushAsync();
        using var direct = (await world.ContainerdAsync(version)).Cri();
        await direct.PullImageAsync(image);
        await using var gate = await world.StartGateAsync(version, await DenialAsync(image));
        using var kubelet = new KubeletClient(gate.SocketPath);

        var start = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);

        Assert.StartsWith($"SignatureValidationFailed: {image}:latest: DeniedByRule: ", start.Failure, StringComparison.Ordinal);
    }

    private Task<string> DenialAsync(string image) => world.PolicyAsync($"  - {{name: never, images: [\"{image}\"], deny: {{reason: \"revoked\"}}}}");

    private async Task DenyAsync(NodeGateProcess gate, string image)
    {
        gate.WritePolicy(await DenialAsync(image));
        await gate.AuditLineAsync(line => line.GetProperty("event").GetString() == "policyReload");
    }
}
