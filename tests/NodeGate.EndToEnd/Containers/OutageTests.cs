using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Containers;

/// <summary>A reboot with the registry off: what was admitted starts, and nothing else.</summary>
[Collection(ContainersDefinition.Name)]
public sealed class OutageTests(ContainersWorld world)
{
    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RestartOfAllParts_RegistryOff_AdmittedPodsStartAndOthersDoNot(string version)
    {
        var registry = await ContainersWorld.StartRegistryAsync();
        await using var node = await world.StartNodeAsync(version, registry);
        var image = (await world.PushAsync("shared", registry: registry)).Name + ":1";
        var tenants = (await world.PushAsync("a", registry: registry)).Name + ":1";
        var smuggled = (await world.PushAsync("shared", isSigned: false, registry)).Name + ":1";
        var unknown = (await world.PushAsync("shared", registry: registry)).Name + ":1";
        string id, tenantsId;
        using (var before = node.Gate.Cri())
        {
            await using var pod = await RunningPod.StartAsync(before, "prod-a");
            (id, tenantsId) = (await pod.PullAsync(image), await pod.PullAsync(tenants));
            await pod.RunAsync(id, image);
        }

        var (smuggledId, unknownId) = ((await node.Containerd.SmuggleAsync(smuggled)).Id, (await node.Containerd.SmuggleAsync(unknown)).Id);
        await registry.DisposeAsync();
        await node.Gate.KillAsync();
        await node.Containerd.RestartAsync();
        await node.Gate.RestartAsync();
        using var cri = node.Gate.Cri();
        await using var own = await RunningPod.StartAsync(cri, "prod-a");
        await using var other = await RunningPod.StartAsync(cri, "prod-b");

        Assert.Equal(id, (await cri.ImageStatusAsync(image))?.Id);
        await own.RefusedAsync($"RegistryUnavailable: {smuggled}: ", smuggledId, smuggled);
        await own.RefusedAsync($"RegistryUnavailable: {unknown}: ", unknownId, unknown);
        await other.RefusedAsync($"SignatureValidationFailed: {tenants}: NoMatchingRule: ", tenantsId, tenants);
        Assert.Null(await cri.ImageStatusAsync(smuggled));
        await own.RunAsync(id, image);
        await own.RunAsync(tenantsId, tenants);
        await other.RunAsync(id, image);
    }
}
