using NodeGate.EndToEnd.Containers;
using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Indexes;

/// <summary>Real index images under a rule as most are: a signature of the index counts for its images, and none of an image for its index.</summary>
[Collection(IndexesDefinition.Name)]
public sealed class IndexTests(IndexesWorld world)
{
    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task PullImage_IndexSigned_ItsImageIsAdmittedByItsOwnDigestAlsoWithoutTheRegistrysSignatures(string version, int cosign)
    {
        var node = await world.NodeAsync(version);
        await using var gate = await node.StartGateAsync(await world.PolicyAsync((await world.RegistryAsync()).Host));
        foreach (var signed in new[] { Signed.Index, Signed.Recursively })
        {
            var image = await world.PushAsync(IndexesWorld.Plain, cosign, signed);
            string id;
            using (var cri = gate.Cri())
            {
                await using var pod = await RunningPod.StartAsync(cri, "prod");
                id = await pod.PullAsync(image.ByTag);
                foreach (var name in image.Names)
                {
                    Assert.Equal(id, await pod.PullAsync(name));
                    Assert.Equal(id, (await cri.ImageStatusAsync(name))?.Id);
                    await pod.RunAsync(id, name);
                }
            }

            Assert.Equal((image.Digest, image.Own), (await node.Containerd.TargetOfAsync(image.ByTag), await node.Containerd.TargetOfAsync(image.OwnByDigest)));

            await world.RemoveSignaturesAsync(image);
            await gate.KillAsync();
            await gate.RestartAsync();
            using var after = gate.Cri();
            await using var later = await RunningPod.StartAsync(after, "prod");
            foreach (var name in image.Names)
            {
                Assert.Equal(id, (await after.ImageStatusAsync(name))?.Id);
                await later.RunAsync(id, name);
                Assert.Equal(id, await later.PullAsync(name));
            }
        }
    }

    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task PullImage_IndexNotSigned_IsRefusedAndSoIsItsUnsignedImage(string version, int cosign)
    {
        using var cri = (await world.NodeAsync(version)).Gate.Cri();
        var nothing = await world.PushAsync(IndexesWorld.Plain, cosign, Signed.Nothing);
        var own = await world.PushAsync(IndexesWorld.Plain, cosign, Signed.OwnImage);

        foreach (var name in (string[])[.. nothing.Names, own.ByTag, own.ByDigest])
        {
            await RefusedAsync(cri, name);
        }

        // The image's own signature is good for the image, before and after its index was refused, and makes no index good.
        var id = await cri.PullImageAsync(own.OwnByDigest);
        Assert.Equal(id, (await cri.ImageStatusAsync(own.OwnByDigest))?.Id);
        await RefusedAsync(cri, own.ByDigest);
    }

    [RealPartTheory("root", "containerd", "runc", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task PullImage_ImageOfAnIndexNobodyAskedForYet_IsAdmittedOnlyByItsOwnSignature(string version, int cosign)
    {
        using var cri = (await world.NodeAsync(version)).Gate.Cri();
        var index = await world.PushAsync(IndexesWorld.Plain, cosign, Signed.Index);
        var both = await world.PushAsync(IndexesWorld.Plain, cosign, Signed.Recursively);

        await RefusedAsync(cri, index.OwnByDigest);
        await cri.PullImageAsync(both.OwnByDigest);

        // A refusal a moment ago does not outlive what is learned since.
        var id = await cri.PullImageAsync(index.ByTag);
        Assert.Equal(id, await cri.PullImageAsync(index.OwnByDigest));
    }

    private static async Task RefusedAsync(CriClient cri, string name)
    {
        var reply = await cri.TryPullImageAsync(name);
        Assert.Equal((2, true), (reply.Status, reply.StatusMessage.StartsWith($"SignatureValidationFailed: {name}: NoSignature: ", StringComparison.Ordinal)));
        Assert.Null(await cri.ImageStatusAsync(name));
    }
}
