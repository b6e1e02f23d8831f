using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Containers;

/// <summary>The image that containerd starts pods with, which it pulls by itself, with <c>sandboxImage: enforce</c>.</summary>
[Collection(ContainersDefinition.Name)]
public sealed class SandboxImageTests(ContainersWorld world)
{
    private const string Enforced = "sandboxImage: enforce";

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RunPodSandbox_UnsignedPauseImage_StartsOnlyWhereItIsNotEnforced(string version)
    {
        await using var registry = await ContainersWorld.StartRegistryAsync();
        await using var node = await world.StartNodeAsync(version, registry);
        var pause = $"{registry.Host}/{ContainersWorld.PauseRepository}:1";
        using (var observing = node.Gate.Cri())
        {
            await (await RunningPod.StartAsync(observing, "prod-a")).DisposeAsync();
        }

        await using var gate = await node.StartGateAsync(world.Policy(registry, Enforced));
        using var cri = gate.Cri();

        var refused = await Assert.ThrowsAsync<CriException>(() => RunningPod.StartAsync(cri, "prod-a"));

        Assert.Contains($"SignatureValidationFailed: {pause}: NoSignature: ", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await cri.ListPodSandboxesAsync());
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RunPodSandbox_SignedPauseImageThatIsAbsent_IsPulledThroughTheGateAndPinned(string version)
    {
        await using var registry = await ContainersWorld.StartRegistryAsync();
        await using var node = await world.StartNodeAsync(version, registry, Enforced);
        var pause = $"{registry.Host}/{ContainersWorld.PauseRepository}:1";
        registry.Store.TryGetManifest(ContainersWorld.PauseRepository, "1", out var digest, out var manifest);
        world.Sign(registry, ContainersWorld.PauseRepository, new Oci.Descriptor(manifest.MediaType, digest!, manifest.Content.Length));
        using var cri = node.Gate.Cri();
        if (version.StartsWith('2'))
        {
            // 2.x says nowhere which image it will use before it has it.
            var refused = await Assert.ThrowsAsync<CriException>(() => RunningPod.StartAsync(cri, "prod-a"));
            Assert.Contains("SignatureValidationFailed: sandbox image: ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("crictl", refused.Message, StringComparison.Ordinal);
            Assert.Empty(await cri.ListPodSandboxesAsync());
            await cri.PullImageAsync(pause);
            await Eventually.TrueAsync("containerd pinned it", async () => await PinnedAsync(cri) == 1);
        }

        await using var pod = await RunningPod.StartAsync(cri, "prod-a");

        Assert.Equal(digest!.ToString(), await node.Containerd.TargetOfAsync(pause));
        var line = await node.Gate.AuditLineAsync(line => line.GetProperty("event").GetString() == "createContainer" && line.GetProperty("image").GetString() == pause);
        Assert.Equal(("Admitted", digest!.ToString()), (line.GetProperty("decision").GetString(), line.GetProperty("digest").GetString()));
        // 1.6 does not know of pinning.
        Assert.Equal(version == "1.6" ? 0 : 1, await PinnedAsync(cri));
        var image = (await world.PushAsync("shared", registry: registry)).Name + ":1";
        await pod.RunAsync(await pod.PullAsync(image), image);
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RunPodSandbox_PauseImageReplacedOnTheNode_IsRefused(string version)
    {
        await using var registry = await ContainersWorld.StartRegistryAsync();
        await using var node = await world.StartNodeAsync(version, registry);
        var pause = $"{registry.Host}/{ContainersWorld.PauseRepository}:1";
        registry.Store.TryGetManifest(ContainersWorld.PauseRepository, "1", out var digest, out var manifest);
        world.Sign(registry, ContainersWorld.PauseRepository, new Oci.Descriptor(manifest.MediaType, digest!, manifest.Content.Length));
        await using var gate = await node.StartGateAsync(world.Policy(registry, Enforced));
        using var cri = gate.Cri();
        using (var observing = node.Gate.Cri())
        {
            await (await RunningPod.StartAsync(observing, "prod-a")).DisposeAsync();
        }

        await (await RunningPod.StartAsync(cri, "prod-a")).DisposeAsync();
        var evil = await ContainersWorld.PushBesideAsync(registry, $"{registry.Host}/{ContainersWorld.PauseRepository}");
        var evilId = (await node.Containerd.SmuggleAsync(evil)).Id;
        (await node.Containerd.CtrAsync("images", "tag", "--force", evil, pause)).EnsureSuccess();
        using var direct = node.Containerd.Cri();
        await Eventually.TrueAsync("containerd shows the other image", async () => (await direct.ImageStatusAsync(pause))?.Id == evilId);

        var refused = await Assert.ThrowsAsync<CriException>(() => RunningPod.StartAsync(cri, "prod-a"));

        Assert.Contains("SignatureValidationFailed: ", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await cri.ListPodSandboxesAsync());
    }

    private static async Task<int> PinnedAsync(CriClient cri)
    {
        var reply = await cri.CallAsync(cri.Path("ImageService/ListImages"), default);
        return ProtoFields.Parse(reply.EnsureOk("ListImages").Message).Messages(1).Count(image => image.Number(8) == 1);
    }
}
