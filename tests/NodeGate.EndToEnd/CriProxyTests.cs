using NodeGate.EndToEnd.Cri;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd;

/// <summary>The edge in front of each real containerd: what it forwards, names, hides and passes on.</summary>
public sealed class CriProxyTests(GatedNodes nodes) : IClassFixture<GatedNodes>
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_AdmittedTag_IsVisibleUnderTagDigestAndId(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var repository = await nodes.NewRepositoryAsync();
        var digest = await Crane.MakeBusyboxImageAsync(repository + ":1", new ImageRecipe { User = "1000" });
        node.Gate.Admit(repository + ":1", digest);

        var imageRef = await cri.PullImageAsync(repository + ":1", Pod);

        foreach (var asked in new[] { repository + ":1", $"{repository}@{digest}", imageRef })
        {
            var image = await cri.ImageStatusAsync(asked);
            Assert.NotNull(image);
            Assert.Equal((imageRef, 1000L), (image.Id, image.Uid));
            Assert.Equal([repository + ":1"], image.RepoTags);
            Assert.Equal([$"{repository}@{digest}"], image.RepoDigests);
        }

        Assert.Equal(digest, await node.TargetOfAsync(repository + ":1"));
        Assert.True(node.Gate.IsRecorded(imageRef));
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_AdmittedTag_LeavesWhatAPullWithoutTheGateLeaves(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var gated = node.Cri();
        using var direct = node.Containerd.Cri();
        var repository = await nodes.NewRepositoryAsync();
        node.Gate.Admit(repository + ":1", await Crane.MakeBusyboxImageAsync(repository + ":1"));

        await gated.PullImageAsync(repository + ":1", Pod);
        var afterGate = await RecordsAsync(node, repository);
        await direct.RemoveImageAsync(repository + ":1");
        Assert.Empty(await RecordsAsync(node, repository));
        await direct.PullImageAsync(repository + ":1", Pod);

        Assert.Equal(await RecordsAsync(node, repository), afterGate);
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_TagMoved_IsVisibleAsTheNewDigest(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var tag = await nodes.NewRepositoryAsync() + ":1";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var move = 0; move < 5; move++)
        {
            var digest = await Crane.MakeBusyboxImageAsync(tag);
            node.Gate.Admit(tag, digest);
            var imageRef = await cri.PullImageAsync(tag, Pod);
            Assert.True(seen.Add(imageRef));
            Assert.Equal(imageRef, (await cri.ImageStatusAsync(tag))?.Id);
            Assert.Equal(digest, await node.TargetOfAsync(tag));
        }
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_TagMovedInTheRegistryAfterTheDecision_PullsTheDecidedDigest(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var tag = await nodes.NewRepositoryAsync() + ":1";
        var decided = await Crane.MakeBusyboxImageAsync(tag);
        node.Gate.Admit(tag, decided);
        await Crane.MakeBusyboxImageAsync(tag);

        var imageRef = await cri.PullImageAsync(tag, Pod);

        Assert.Equal(decided, await node.TargetOfAsync(tag));
        Assert.Equal(imageRef, (await cri.ImageStatusAsync(tag))?.Id);
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_TagWasGivenToAnUnverifiedImage_IsTakenBack(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var repository = await nodes.NewRepositoryAsync();
        await Crane.MakeBusyboxImageAsync(repository + ":evil");
        var good = await Crane.MakeBusyboxImageAsync(repository + ":1");
        (await node.Containerd.CtrAsync("images", "pull", "--plain-http", repository + ":evil")).EnsureSuccess();
        (await node.Containerd.CtrAsync("images", "tag", repository + ":evil", repository + ":1")).EnsureSuccess();
        (await node.Containerd.CtrAsync("images", "label", repository + ":1", "team=a")).EnsureSuccess();
        node.Gate.Admit(repository + ":1", good);
        Assert.Null(await cri.ImageStatusAsync(repository + ":1"));

        var imageRef = await cri.PullImageAsync(repository + ":1", Pod);

        Assert.Equal(good, await node.TargetOfAsync(repository + ":1"));
        Assert.Equal(imageRef, (await cri.ImageStatusAsync(repository + ":1"))?.Id);
        Assert.Null(await cri.ImageStatusAsync(repository + ":evil"));
        var labels = (await node.Containerd.CtrAsync("images", "ls", $"name=={repository}:1")).EnsureSuccess().Text;
        Assert.Contains("team=a", labels, StringComparison.Ordinal);
        Assert.Contains("io.cri-containerd.image=managed", labels, StringComparison.Ordinal);
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_Denied_NeverReachesContainerd(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var tag = await nodes.NewRepositoryAsync() + ":1";
        await Crane.MakeBusyboxImageAsync(tag);

        var reply = await cri.TryPullImageAsync(tag, Pod);

        Assert.Equal((2, $"SignatureValidationFailed: {tag}: NoSignature: Nobody signed it; sign it."), (reply.Status, reply.StatusMessage));
        Assert.True(reply.IsTrailersOnly);
        Assert.Null(await node.TargetOfAsync(tag));
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_RefusedByContainerd_IsAnsweredAsWithoutTheGate(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var gated = node.Cri();
        using var direct = node.Containerd.Cri();
        var repository = await nodes.NewRepositoryAsync();
        var missing = "sha256:" + new string('a', 64);
        node.Gate.Admit(repository + ":1", missing);

        var reply = await gated.TryPullImageAsync(repository + ":1", Pod);
        var expected = await direct.TryPullImageAsync($"{repository}@{missing}", Pod);

        Assert.Equal(5, reply.Status);
        Assert.Equal((expected.Status, expected.StatusMessage, expected.IsTrailersOnly), (reply.Status, reply.StatusMessage, reply.IsTrailersOnly));
        Assert.Equal(expected.Trailing("grpc-status-details-bin"), reply.Trailing("grpc-status-details-bin"));
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_AllowedWithoutDigest_IsPulledAsWritten(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var tag = await nodes.NewRepositoryAsync() + ":1";
        var digest = await Crane.MakeBusyboxImageAsync(tag);
        node.Gate.Admit(tag, null);
        var imageRef = await cri.PullImageAsync(tag, Pod);
        Assert.Equal(imageRef, (await cri.ImageStatusAsync(tag))?.Id);
        Assert.Equal(digest, await node.TargetOfAsync(tag));
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ImageStatus_SmuggledImage_IsAbsentByNameAndById(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var gated = node.Cri();
        using var direct = node.Containerd.Cri();
        var tag = await nodes.NewRepositoryAsync() + ":1";
        await Crane.MakeBusyboxImageAsync(tag);
        var id = await direct.PullImageAsync(tag);
        Assert.NotNull(await direct.ImageStatusAsync(tag));

        Assert.Null(await gated.ImageStatusAsync(tag));
        Assert.Null(await gated.ImageStatusAsync(id));
        Assert.Null(await gated.ImageStatusAsync(id["sha256:".Length..][..12]));
        Assert.Contains(id, (await gated.ListImagesAsync()).Select(image => image.Id));
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_V1Alpha2_IsGatedAlikeWhereContainerdServesIt(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var gated = node.Cri("runtime.v1alpha2");
        using var direct = node.Containerd.Cri("runtime.v1alpha2");
        var repository = await nodes.NewRepositoryAsync();
        var digest = await Crane.MakeBusyboxImageAsync(repository + ":1");
        Assert.StartsWith("SignatureValidationFailed: ", (await gated.TryPullImageAsync(repository + ":1", Pod)).StatusMessage, StringComparison.Ordinal);
        node.Gate.Admit(repository + ":1", digest);

        var reply = await gated.TryPullImageAsync(repository + ":1", Pod);

        if (version == "2.1")
        {
            var expected = await direct.TryPullImageAsync($"{repository}@{digest}", Pod);
            Assert.Equal((12, expected.StatusMessage), (reply.Status, reply.StatusMessage));
            return;
        }

        Assert.Equal(0, reply.Status);
        Assert.NotNull(await gated.ImageStatusAsync(repository + ":1"));
        Assert.Equal(digest, await node.TargetOfAsync(repository + ":1"));
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_SameTagManyTimesAtOnceWhileItMoves_EndsOnADecidedDigest(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var tag = await nodes.NewRepositoryAsync() + ":1";
        string[] decided = [await Crane.MakeBusyboxImageAsync(tag), await Crane.MakeBusyboxImageAsync(tag)];
        var pulls = new List<Task<string>>();
        for (var pull = 0; pull < 20; pull++)
        {
            node.Gate.Admit(tag, decided[pull % 2]);
            pulls.Add(cri.PullImageAsync(tag, Pod));
        }

        var ids = await Task.WhenAll(pulls);

        Assert.All(ids, id => Assert.True(node.Gate.IsRecorded(id)));
        Assert.Contains(await node.TargetOfAsync(tag), decided);
        Assert.Contains((await cri.ImageStatusAsync(tag))!.Id, ids);
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_CallerCancels_EndsThePullAndRecordsNothing(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var cri = node.Cri();
        var tag = await nodes.NewRepositoryAsync() + ":1";
        var digest = await Crane.MakeBusyboxImageAsync(tag, new ImageRecipe { PaddingBytes = 64 << 20 });
        node.Gate.Admit(tag, digest);
        using var caller = new CancellationTokenSource();
        var request = new ProtoWriter().Message(1, new ProtoWriter().String(1, tag)).ToArray();
        var pull = cri.CallAsync("/runtime.v1.ImageService/PullImage", request, [], caller.Token);
        await node.Gate.DecidedAsync(tag);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        Assert.Equal(0, node.Gate.PullsOf(tag));
        await cri.PullImageAsync(tag, Pod);
        Assert.Equal(1, node.Gate.PullsOf(tag));
    }

    [RealPartTheory("root", "containerd")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task Call_ServicesThatAreNotTheCri_AreUnknownHereThoughContainerdHasThem(string version)
    {
        var node = await nodes.NodeAsync(version);
        using var gated = node.Cri();
        using var direct = node.Containerd.Cri();
        foreach (var path in new[] { "/containerd.services.images.v1.Images/List", "/containerd.services.version.v1.Version/Version", "/grpc.health.v1.Health/Check" })
        {
            Assert.NotEqual(12, (await direct.CallAsync(path, default)).Status);
            var reply = await gated.CallAsync(path, default);
            Assert.Equal((12, $"unknown service {path[1..path.LastIndexOf('/')]}"), (reply.Status, reply.StatusMessage));
        }

        var expected = await direct.CallAsync("/runtime.v2.ImageService/PullImage", default);
        var refused = await gated.CallAsync("/runtime.v2.ImageService/PullImage", default);
        Assert.Equal((expected.Status, expected.StatusMessage, expected.IsTrailersOnly), (refused.Status, refused.StatusMessage, refused.IsTrailersOnly));
    }

    // Name, target and labels of each record, which is what containerd's CRI and its garbage collection go by.
    private static async Task<string[]> RecordsAsync(GatedNode node, string repository)
    {
        var lines = (await node.Containerd.CtrAsync("images", "ls")).EnsureSuccess().Text.Split('\n');
        return [.. lines.Where(line => line.StartsWith(repository, StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Order(StringComparer.Ordinal)];
    }
}
