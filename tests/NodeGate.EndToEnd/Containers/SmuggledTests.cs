using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Containers;

/// <summary>Images that came to the node behind NodeGate's back, under whatever name: reported absent, and no container is made of them.</summary>
[Collection(ContainersDefinition.Name)]
public sealed class SmuggledTests(ContainersWorld world)
{
    private const string ImageVolumes = "2.1";

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_ImportedWithCtr_IsRefusedByNameAndById(string version)
    {
        var node = await world.NodeAsync(version);
        var image = (await world.PushAsync("shared", isSigned: false)).Name + ":1";
        await using var folder = TestFolder.Create();
        await node.Containerd.SmuggleAsync(image);
        (await node.Containerd.CtrAsync("images", "export", folder.At("image.tar"), image)).EnsureSuccess();
        (await node.Containerd.CtrAsync("images", "rm", "--sync", image)).EnsureSuccess();
        (await node.Containerd.CtrAsync("images", "import", folder.At("image.tar"))).EnsureSuccess();
        using var direct = node.Containerd.Cri();
        var id = (await Eventually.FoundAsync("containerd shows " + image, () => direct.ImageStatusAsync(image))).Id;
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod-a");

        Assert.Null(await cri.ImageStatusAsync(image));
        Assert.Null(await cri.ImageStatusAsync(id));
        await pod.RefusedAsync($"SignatureValidationFailed: {image}: NoSignature: ", id, image);
        await pod.RefusedAsync($"SignatureValidationFailed: {image}: NoSignature: ", image, null);
        await pod.RefusedAsync($"SignatureValidationFailed: {id}: NoSignature: ", id, null);
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_UnderTheNameOfASignedDigest_IsRefused(string version)
    {
        var node = await world.NodeAsync(version);
        var (good, signed) = await world.PushAsync("shared");
        var evil = (await world.PushAsync("shared", isSigned: false)).Name + ":1";
        var id = (await node.Containerd.SmuggleAsync(evil)).Id;
        var fake = $"{good}@{signed.Digest}";
        (await node.Containerd.CtrAsync("images", "tag", evil, fake)).EnsureSuccess();
        using var direct = node.Containerd.Cri();
        await Eventually.FoundAsync("containerd shows " + fake, () => direct.ImageStatusAsync(fake));
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod-a");

        Assert.Null(await cri.ImageStatusAsync(fake));
        await pod.RefusedAsync($"SignatureValidationFailed: {fake}: ", id, fake);
        await pod.RefusedAsync($"SignatureValidationFailed: {fake}: ", fake, fake);

        // The honest image is pulled over the fake name, and runs.
        var pulled = await pod.PullAsync(fake);
        Assert.NotEqual(id, pulled);
        await pod.RunAsync(pulled, fake);
    }

    [RealPartTheory("root", "containerd", "runc", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task CreateContainer_TagOfAnAdmittedImageGivenToAnother_IsRefused(string version)
    {
        var node = await world.NodeAsync(version);
        var (name, _) = await world.PushAsync("shared");
        var evil = await ContainersWorld.PushBesideAsync(await world.RegistryAsync(), name);
        var image = name + ":1";
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod-a");
        var id = await pod.PullAsync(image);
        var evilId = (await node.Containerd.SmuggleAsync(evil)).Id;
        (await node.Containerd.CtrAsync("images", "tag", "--force", evil, image)).EnsureSuccess();
        using var direct = node.Containerd.Cri();
        await Eventually.TrueAsync("containerd shows the other image", async () => (await direct.ImageStatusAsync(image))?.Id == evilId);

        await pod.RefusedAsync($"SignatureValidationFailed: {image}: NoSignature: ", evilId, image);
        await pod.RefusedAsync($"SignatureValidationFailed: {image}: NoSignature: ", image, image);

        Assert.Equal(id, await pod.PullAsync(image));
        await pod.RunAsync(id, image);
    }

    [RealPartFact("root", "containerd-2.1", "runc", "busybox", "nodegate")]
    public async Task CreateContainer_ImageVolume_IsJudgedLikeTheContainersImage()
    {
        var node = await world.NodeAsync(ImageVolumes);
        var image = (await world.PushAsync("shared")).Name + ":1";
        var data = (await world.PushAsync("shared")).Name + ":1";
        var foreign = (await world.PushAsync("a")).Name + ":1";
        var evil = (await world.PushAsync("shared", isSigned: false)).Name + ":1";
        using var cri = node.Gate.Cri();
        await using var tenant = await RunningPod.StartAsync(cri, "prod-a");
        var foreignId = await tenant.PullAsync(foreign);
        await using var pod = await RunningPod.StartAsync(cri, "prod-b");
        var (id, dataId) = (await pod.PullAsync(image), await pod.PullAsync(data));
        var evilId = (await node.Containerd.SmuggleAsync(evil)).Id;

        await pod.RefusedAsync($"SignatureValidationFailed: {evilId}: NoSignature: ", id, image, evilId);
        await pod.RefusedAsync($"SignatureValidationFailed: {evil}: NoSignature: ", id, image, dataId, evil);
        await pod.RefusedAsync($"SignatureValidationFailed: {foreignId}: NoMatchingRule: ", id, image, foreignId);
        var missing = await pod.TryCreateAsync(id, image, "127.0.0.1:1/no-such:1");
        Assert.Equal((5, "failed to mount image volume: failed to resolve image \"127.0.0.1:1/no-such:1\": not found"), (missing.Status, missing.StatusMessage));

        var container = await pod.RunAsync(id, image, dataId);
        Assert.Equal(0, (await cri.ExecAsync(container, "/bin/cat", "/vol0/seed")).ExitCode);
    }

    [RealPartFact("root", "containerd-2.1", "runc", "busybox", "nodegate")]
    public async Task CreateContainer_RecordNamedAsTheVolumesTextItself_IsRefused()
    {
        var node = await world.NodeAsync(ImageVolumes);
        var (name, _) = await world.PushAsync("shared");
        var evil = (await world.PushAsync("shared", isSigned: false)).Name + ":1";
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod-a");
        var id = await pod.PullAsync(name + ":1");
        await pod.PullAsync(name + ":1");
        await node.Containerd.SmuggleAsync(evil);

        // containerd finds the volume as NAME:latest, and mounts what the record NAME points at.
        (await node.Containerd.CtrAsync("images", "tag", name + ":1", name + ":latest")).EnsureSuccess();
        (await node.Containerd.CtrAsync("images", "tag", evil, name)).EnsureSuccess();
        using var direct = node.Containerd.Cri();
        await Eventually.FoundAsync("containerd shows " + name, () => direct.ImageStatusAsync(name));

        await pod.RefusedAsync($"SignatureValidationFailed: {name}: ", id, name + ":1", name);
    }
}
