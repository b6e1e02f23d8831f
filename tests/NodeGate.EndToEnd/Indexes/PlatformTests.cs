using NodeGate.EndToEnd.Containers;
using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Indexes;

/// <summary><c>platform: verify</c>: where only this node's image of an index is signed, that image is what is pulled, named and run.</summary>
[Collection(IndexesDefinition.Name)]
public sealed class PlatformTests(IndexesWorld world)
{
    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task PullImage_OnlyTheNodesImageIsSigned_ItIsPulledNamedAndRunsUnderEitherName(string version, int cosign)
    {
        var node = await world.NodeAsync(version);
        await using var gate = await node.StartGateAsync(await world.PolicyAsync((await world.RegistryAsync()).Host));
        var images = new[]
        {
            await world.PushAsync(IndexesWorld.Platform, cosign, Signed.OwnImage),
            await world.PushAsync(IndexesWorld.Platform, cosign, Signed.OwnImage),
        };
        var names = new[] { images[0].ByTag, images[1].ByDigest };
        var ids = new string[names.Length];
        using (var cri = gate.Cri())
        {
            await using var pod = await RunningPod.StartAsync(cri, "prod");
            for (var i = 0; i < names.Length; i++)
            {
                ids[i] = await pod.PullAsync(names[i]);

                // A kubelet takes absent for "no user", which is root.
                var status = await cri.ImageStatusAsync(names[i]);
                Assert.Equal((ids[i], 1000), (status?.Id, status?.Uid));
                Assert.Equal(images[i].Own, await node.Containerd.TargetOfAsync(names[i]));
                Assert.Equal(images[i].Own, await node.Containerd.TargetOfAsync(images[i].OwnByDigest));
                await pod.RunAsync(ids[i], names[i]);
                await pod.RunAsync(names[i], names[i]);
                await pod.RunAsync(ids[i], null);
            }
        }

        // What is remembered is the image; neither the daemon's end nor that of the signatures takes it back.
        await world.RemoveSignaturesAsync(images[0]);
        await world.RemoveSignaturesAsync(images[1]);
        await gate.KillAsync();
        await gate.RestartAsync();
        using var after = gate.Cri();
        await using var later = await RunningPod.StartAsync(after, "prod");
        for (var i = 0; i < names.Length; i++)
        {
            Assert.Equal(ids[i], (await after.ImageStatusAsync(names[i]))?.Id);
            await later.RunAsync(ids[i], names[i]);
            Assert.Equal(ids[i], await later.PullAsync(names[i]));
            Assert.Equal(images[i].Own, await node.Containerd.TargetOfAsync(names[i]));
        }
    }

    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task CreateContainer_AdmissionHasLapsed_RunsWhileTheImageIsStillSigned(string version, int cosign)
    {
        var node = await world.NodeAsync(version);
        var image = await world.PushAsync(IndexesWorld.Platform, cosign, Signed.OwnImage);
        await using var gate = await node.StartGateAsync(
            await world.PolicyAsync((await world.RegistryAsync()).Host), "cache: {admittedFor: 1ms, deniedFor: 1ms}");
        using var cri = gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod");
        var id = await pod.PullAsync(image.ByDigest);

        Assert.Equal(id, (await cri.ImageStatusAsync(image.ByDigest))?.Id);
        await pod.RunAsync(id, image.ByDigest);
        await gate.RestartAsync();
        using var after = gate.Cri();
        Assert.Equal(id, (await after.ImageStatusAsync(image.ByDigest))?.Id);
        await using var later = await RunningPod.StartAsync(after, "prod");
        await later.RunAsync(id, image.ByDigest);

        await world.RemoveSignaturesAsync(image);
        await using var last = await RunningPod.StartAsync(after, "prod");
        await last.RefusedAsync($"SignatureValidationFailed: {image.ByDigest}: NoSignature: ", id, image.ByDigest);
    }

    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task CreateContainer_IndexsDigestGivenToAnotherImage_IsRefused(string version, int cosign)
    {
        var node = await world.NodeAsync(version);
        var image = await world.PushAsync(IndexesWorld.Platform, cosign, Signed.OwnImage);
        var evil = await world.PushAsync(IndexesWorld.Platform, cosign, Signed.Nothing);
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod");
        var id = await pod.PullAsync(image.ByDigest);
        var evilId = (await node.Containerd.SmuggleAsync(evil.ByTag)).Id;
        (await node.Containerd.CtrAsync("images", "tag", "--force", evil.ByTag, image.ByDigest)).EnsureSuccess();
        using var direct = node.Containerd.Cri();
        await Eventually.TrueAsync("containerd shows the other image", async () => (await direct.ImageStatusAsync(image.ByDigest))?.Id == evilId);

        Assert.Null(await cri.ImageStatusAsync(image.ByDigest));
        Assert.Null(await cri.ImageStatusAsync(evilId));
        await pod.RefusedAsync($"SignatureValidationFailed: {image.ByDigest}: NoSignature: ", evilId, image.ByDigest);
        await pod.RefusedAsync($"SignatureValidationFailed: {image.ByDigest}: NoSignature: ", image.ByDigest, image.ByDigest);

        // The pull gives the name back to the image that is signed.
        Assert.Equal(id, await pod.PullAsync(image.ByDigest));
        Assert.Equal(image.Own, await node.Containerd.TargetOfAsync(image.ByDigest));
        await pod.RunAsync(id, image.ByDigest);
    }

    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task PullImage_IndexOrNothingSigned_IsAsUnderAnyRule(string version, int cosign)
    {
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();
        var index = await world.PushAsync(IndexesWorld.Platform, cosign, Signed.Index);
        var nothing = await world.PushAsync(IndexesWorld.Platform, cosign, Signed.Nothing);

        var id = await cri.PullImageAsync(index.ByTag);
        Assert.Equal(index.Digest, await node.Containerd.TargetOfAsync(index.ByTag));
        Assert.Equal(id, await cri.PullImageAsync(index.OwnByDigest));
        foreach (var name in nothing.Names)
        {
            Assert.StartsWith($"SignatureValidationFailed: {name}: NoSignature: ", (await cri.TryPullImageAsync(name)).StatusMessage, StringComparison.Ordinal);
        }
    }

    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task PullImage_TwoEntriesOfThisPlatform_WhatRunsIsSigned(string version, int cosign)
    {
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();
        await using var pod = await RunningPod.StartAsync(cri, "prod");
        foreach (var isFirstSigned in new[] { true, false })
        {
            var name = world.NewName(IndexesWorld.Platform, (await world.RegistryAsync()).Host);
            var signed = await IndexesWorld.MakeImageAsync(name + ":signed");
            await IndexesWorld.MakeImageAsync(name + ":unsigned");
            await world.SignAsync(cosign, $"{name}@{signed}");
            var index = await IndexesWorld.AppendAsync(name, isFirstSigned ? ["signed", "unsigned"] : ["unsigned", "signed"]);

            // The one that containerd would choose counts, and no other.
            foreach (var asked in (string[])[name + ":1", $"{name}@{index}"])
            {
                var reply = await cri.TryPullImageAsync(asked);
                Assert.Equal(isFirstSigned ? 0 : 2, reply.Status);
                if (isFirstSigned)
                {
                    Assert.Equal(signed, await node.Containerd.TargetOfAsync(asked));
                    await pod.RunAsync(await pod.PullAsync(asked), asked);
                }
                else
                {
                    Assert.Null(await cri.ImageStatusAsync(asked));
                    Assert.Null(await node.Containerd.TargetOfAsync(asked));
                }
            }
        }
    }
}
