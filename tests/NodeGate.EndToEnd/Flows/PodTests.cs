using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>A pod really starts from an admitted image, with NodeGate as image and as runtime endpoint.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class PodTests(FlowWorld world)
{
    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_AdmittedImage_RunsAsItsUser(string version)
    {
        var node = await world.NodeAsync(version);
        var image = (await world.CorpusAsync(FlowData.Fallback, 3)).Signed;
        using var cri = node.Gate.Cri();
        var pod = new CriPod("runs", "prod");

        var imageRef = await cri.PullImageAsync(image.ByTag, pod);
        var sandbox = await cri.RunPodSandboxAsync(pod);
        var container = await cri.CreateContainerAsync(sandbox, pod, "app", imageRef, image.ByTag);
        await cri.StartContainerAsync(container);

        Assert.Equal(CriContainerState.Running, (await cri.ContainerStatusAsync(container)).State);
        Assert.Equal((0, "1000\n"), await cri.ExecAsync(container, "/bin/id", "-u"));
        await cri.RemovePodAsync(sandbox);
        Assert.DoesNotContain(sandbox, await cri.ListPodSandboxesAsync());
    }
}
