using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>The main job: each containerd × registry with and without the referrers API × cosign 2.5 and 3.1.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class SignedImageTests(FlowWorld world)
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(FlowData.All), MemberType = typeof(FlowData))]
    public async Task PullImage_Signed_IsAdmittedByDigestByBothAndByTag(string version, string registry, int cosign)
    {
        var image = (await world.CorpusAsync(registry, cosign)).Signed;
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();

        // By digest first, so that no tag is there yet that could hide a missing one.
        var imageRef = await cri.PullImageAsync(image.ByDigest, Pod);
        Assert.Empty((await cri.ImageStatusAsync(image.ByDigest))!.RepoTags);

        Assert.Equal(imageRef, await cri.PullImageAsync(image.ByBoth, Pod));
        var both = await cri.ImageStatusAsync(image.ByBoth);
        Assert.NotNull(both);
        Assert.Equal(imageRef, both.Id);
        Assert.Empty(both.RepoTags);

        Assert.Equal(imageRef, await cri.PullImageAsync(image.ByTag, Pod));
        var tagged = await cri.ImageStatusAsync(image.ByTag);
        Assert.NotNull(tagged);
        Assert.Equal((imageRef, 1000L), (tagged.Id, tagged.Uid));
        Assert.Equal([image.ByTag], tagged.RepoTags);
        Assert.Equal([image.ByDigest], tagged.RepoDigests);
        Assert.Equal(image.Digest, await node.Containerd.TargetOfAsync(image.ByTag));
        var line = await node.Gate.AuditLineAsync(line => line.GetProperty("image").GetString() == image.ByTag && line.GetProperty("event").GetString() == "pull");
        Assert.Equal(
            ("Admitted", "Verified", image.Digest, "prod", "web", Pod.Uid, "signed"),
            (line.GetProperty("decision").GetString(), line.GetProperty("reason").GetString(), line.GetProperty("digest").GetString(), line.GetProperty("namespace").GetString(),
             line.GetProperty("pod").GetString(), line.GetProperty("podUid").GetString(), line.GetProperty("rule").GetString()));
        Assert.Single(line.GetProperty("signers").EnumerateArray());
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(FlowData.All), MemberType = typeof(FlowData))]
    public async Task PullImage_UnsignedForeignOrMoved_IsRefusedAndNeverReachesContainerd(string version, string registry, int cosign)
    {
        var corpus = await world.CorpusAsync(registry, cosign);
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();

        foreach (var asked in new[] { corpus.Unsigned.ByTag, corpus.Unsigned.ByDigest, corpus.Unsigned.ByBoth, corpus.Moved.ByTag })
        {
            await RefusedAsync(node, cri, asked, "NoSignature");
        }

        foreach (var asked in new[] { corpus.Foreign.ByTag, corpus.Foreign.ByDigest })
        {
            await RefusedAsync(node, cri, asked, "SignatureInvalid");
        }

        // What was signed stays what it is, under its digest.
        await cri.PullImageAsync(corpus.Moved.ByDigest, Pod);
        Assert.Null(await cri.ImageStatusAsync(corpus.Moved.ByTag));
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(FlowData.All), MemberType = typeof(FlowData))]
    public async Task ImageStatus_SmuggledIn_IsAbsentAndThenRefused(string version, string registry, int cosign)
    {
        var image = (await world.CorpusAsync(registry, cosign)).Smuggled;
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();
        using var direct = node.Containerd.Cri();

        var smuggled = await node.Containerd.SmuggleAsync(image.ByTag);

        Assert.Null(await cri.ImageStatusAsync(image.ByTag));
        Assert.Null(await cri.ImageStatusAsync(smuggled.Id));
        var reply = await cri.TryPullImageAsync(image.ByTag, Pod);
        Assert.Equal(2, reply.Status);
        Assert.StartsWith($"SignatureValidationFailed: {image.ByTag}: NoSignature: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Null(await cri.ImageStatusAsync(image.ByTag));
        Assert.Equal(smuggled.Id, (await direct.ImageStatusAsync(image.ByTag))?.Id);
        Assert.Contains(smuggled.Id, (await cri.ListImagesAsync()).Select(found => found.Id));
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(FlowData.All), MemberType = typeof(FlowData))]
    public async Task PullImage_RuleAsksForAnnotationOrTwoKeys_IsAdmittedOnlyWithThem(string version, string registry, int cosign)
    {
        var corpus = await world.CorpusAsync(registry, cosign);
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();

        await cri.PullImageAsync(corpus.Annotated.ByTag, Pod);
        await cri.PullImageAsync(corpus.TwoKeys.ByTag, Pod);

        await RefusedAsync(node, cri, corpus.NotAnnotated.ByTag, "SignatureInvalid");
        await RefusedAsync(node, cri, corpus.OneKeyTwice.ByTag, "SignatureInvalid");
        var line = await node.Gate.AuditLineAsync(line => line.GetProperty("image").GetString() == corpus.TwoKeys.ByTag);
        Assert.Equal(2, line.GetProperty("signers").GetArrayLength());
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(FlowData.All), MemberType = typeof(FlowData))]
    public async Task PullImage_IndexOrDockerSchema2_IsAdmittedAsTheSignedDigest(string version, string registry, int cosign)
    {
        var corpus = await world.CorpusAsync(registry, cosign);
        var node = await world.NodeAsync(version);
        using var cri = node.Gate.Cri();

        foreach (var image in new[] { corpus.Index, corpus.DockerSchema2 })
        {
            var imageRef = await cri.PullImageAsync(image.ByTag, Pod);

            var status = await cri.ImageStatusAsync(image.ByTag);
            Assert.Equal(imageRef, status?.Id);
            Assert.Equal([image.ByDigest], status!.RepoDigests);
            Assert.Equal(image.Digest, await node.Containerd.TargetOfAsync(image.ByTag));
        }
    }

    private static async Task RefusedAsync(FlowNode node, CriClient cri, string asked, string reason)
    {
        var reply = await cri.TryPullImageAsync(asked, Pod);
        Assert.Equal(2, reply.Status);
        Assert.StartsWith($"SignatureValidationFailed: {asked}: {reason}: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Null(await cri.ImageStatusAsync(asked));
        Assert.Null(await node.Containerd.TargetOfAsync(asked));
    }
}
