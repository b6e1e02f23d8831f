using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>kubelet-observed.md section 1: each row of the table, in the kubelet's order.</summary>
[Collection(KubeletDefinition.Name)]
public sealed class CallTableTests(KubeletWorld world)
{
    private readonly KubeletPod _pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task KubeletStart_ItsCalls_AreAnswered(string version)
    {
        using var kubelet = await KubeletAsync(version);
        using var direct = (await world.ContainerdAsync(version)).Cri();

        var info = await kubelet.ImageFsInfoAsync(KubeletClient.StartTimeout);
        for (var user = 0; user < 3; user++)
        {
            Assert.Equal((await direct.ListImagesAsync()).Select(image => image.Id).Order(), (await kubelet.ListImagesAsync()).Select(image => image.Id).Order());
        }

        for (var user = 0; user < 4; user++)
        {
            Assert.Equal(0, (await kubelet.ImageFsInfoAsync()).Status);
        }

        Assert.Equal(0, info.Status);
        Assert.True(ProtoFields.Parse(info.Message).Has(1));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_IfNotPresent_PullsOnceAndIsPresentFromThenOn(string version)
    {
        var (image, pushed) = await world.PushAsync();
        using var kubelet = await KubeletAsync(version);

        var first = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);
        var restarted = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);
        var other = await kubelet.StartContainerAsync(new KubeletPod("other"), image, PullPolicy.IfNotPresent);

        Assert.Null(first.Failure);
        Assert.NotNull(first.Pull);
        Assert.Equal(1000, first.ForUser?.Uid);
        Assert.Equal([image + ":latest"], first.ForUser!.RepoTags);
        Assert.Equal([$"{image}@{pushed.Digest}"], first.ForUser.RepoDigests);
        Assert.True(first.ForUser.Size > 0);
        foreach (var again in new[] { restarted, other })
        {
            Assert.Equal((null, null), (again.Failure, again.Pull));
            Assert.Equal((first.ForUser.Id, 1000L), (again.ForUser?.Id, again.ForUser?.Uid));
        }
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_Always_ForwardsEachPull(string version)
    {
        var (image, _) = await world.PushAsync();
        var registry = await world.RegistryAsync();
        using var kubelet = await KubeletAsync(version);
        for (var start = 0; start < 3; start++)
        {
            registry.ClearRequests();

            var always = await kubelet.StartContainerAsync(_pod, image, PullPolicy.Always);

            Assert.Null(always.Failure);
            Assert.Equal(1000, always.ForUser?.Uid);
            Assert.Contains(registry.Requests, request => request.Headers.GetValueOrDefault("user-agent", "").StartsWith("containerd/", StringComparison.Ordinal));
        }
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_Never_RunsOnlyWhatWasAdmitted(string version)
    {
        var (admitted, _) = await world.PushAsync();
        var (smuggled, _) = await world.PushAsync(isSigned: false);
        using var kubelet = await KubeletAsync(version);

        Assert.Equal("ErrImageNeverPull", (await kubelet.StartContainerAsync(_pod, admitted, PullPolicy.Never)).Failure);
        await kubelet.StartContainerAsync(_pod, admitted, PullPolicy.IfNotPresent);
        await (await world.ContainerdAsync(version)).SmuggleAsync(smuggled + ":latest");

        Assert.Equal(1000, (await kubelet.StartContainerAsync(_pod, admitted, PullPolicy.Never)).ForUser?.Uid);
        for (var sync = 0; sync < 2; sync++)
        {
            Assert.Equal("ErrImageNeverPull", (await kubelet.StartContainerAsync(_pod, smuggled, PullPolicy.Never)).Failure);
        }
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_TagAndDigest_AnswersTheIdAndNoTags(string version)
    {
        var (image, pushed) = await world.PushAsync();
        using var kubelet = await KubeletAsync(version);

        var start = await kubelet.StartContainerAsync(_pod, $"{image}:latest@{pushed.Digest}", PullPolicy.IfNotPresent);

        Assert.Null(start.Failure);
        Assert.Equal(ProtoFields.Parse(start.Pull!.Message).Text(1), start.ForUser?.Id);
        Assert.Empty(start.ForUser!.RepoTags);
        Assert.Null(await (await world.ContainerdAsync(version)).TargetOfAsync(image + ":latest"));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_StaticPod_IsJudgedAndRecordedWithItsMetadata(string version)
    {
        var (unsigned, _) = await world.PushAsync(isSigned: false);
        var pod = KubeletPod.Static("proxy");
        using var kubelet = await KubeletAsync(version);

        var start = await kubelet.StartContainerAsync(pod, unsigned, PullPolicy.IfNotPresent);

        Assert.StartsWith($"SignatureValidationFailed: {unsigned}:latest: NoSignature: ", start.Failure, StringComparison.Ordinal);
        var line = await (await world.GateAsync(version)).AuditLineAsync(line => line.GetProperty("image").GetString() == unsigned + ":latest");
        Assert.Equal(
            ("kube-system", "proxy-node-1", pod.Uid, "Denied"),
            (line.GetProperty("namespace").GetString(), line.GetProperty("pod").GetString(), line.GetProperty("podUid").GetString(), line.GetProperty("decision").GetString()));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_BackOffRepeats_GetTheSameTextAndDoNotAskForSignaturesAgain(string version)
    {
        var (unsigned, pushed) = await world.PushAsync(isSigned: false);
        var registry = await world.RegistryAsync();
        using var kubelet = await KubeletAsync(version);
        var first = await kubelet.StartContainerAsync(_pod, unsigned, PullPolicy.IfNotPresent);
        var byDigest = await kubelet.StartContainerAsync(_pod, $"{unsigned}@{pushed.Digest}", PullPolicy.IfNotPresent);
        registry.ClearRequests();
        for (var repeat = 0; repeat < 3; repeat++)
        {
            // During the back-off a status comes at each sync, then the next pull.
            Assert.Null(await kubelet.StatusBeforeAsync(_pod, unsigned));
            var again = await kubelet.StartContainerAsync(_pod, unsigned, PullPolicy.IfNotPresent);
            Assert.Equal(first.Pull!.Trailing("grpc-message"), again.Pull!.Trailing("grpc-message"));
            Assert.Equal(byDigest.Failure, (await kubelet.StartContainerAsync(_pod, $"{unsigned}@{pushed.Digest}", PullPolicy.IfNotPresent)).Failure);
        }

        // The tag is resolved each time, for it may have moved; nothing else is asked.
        Assert.Equal(3, registry.Requests.Count);
        Assert.All(registry.Requests, request => Assert.EndsWith("/manifests/latest", request.Path, StringComparison.Ordinal));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RemoveImage_ById_TakesAwayEveryNameAndTheNextStartPullsAgain(string version)
    {
        var (image, _) = await world.PushAsync();
        using var kubelet = await KubeletAsync(version);
        var start = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);
        Assert.Contains(start.ForUser!.Id, (await kubelet.ListImagesAsync()).Select(found => found.Id));

        Assert.Equal(0, (await kubelet.RemoveAsync(start.ForUser.Id)).Status);

        Assert.DoesNotContain(start.ForUser.Id, (await kubelet.ListImagesAsync()).Select(found => found.Id));
        Assert.Null(await (await world.ContainerdAsync(version)).TargetOfAsync(image + ":latest"));
        var again = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);
        Assert.NotNull(again.Pull);
        Assert.Equal((start.ForUser.Id, 1000L), (again.ForUser?.Id, again.ForUser?.Uid));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ListImages_WithSmuggledImages_IsWhatContainerdSays(string version)
    {
        var (smuggled, _) = await world.PushAsync(isSigned: false);
        var containerd = await world.ContainerdAsync(version);
        await containerd.SmuggleAsync(smuggled + ":latest");
        using var kubelet = await KubeletAsync(version);
        using var direct = containerd.Cri();

        var gated = ProtoFields.Parse((await kubelet.CallAsync("ListImages", new ProtoWriter(), KubeletClient.CallTimeout)).Message);
        var expected = ProtoFields.Parse((await direct.CallAsync("/runtime.v1.ImageService/ListImages", default)).Message);

        Assert.Contains(smuggled + ":latest", gated.Messages(1).SelectMany(image => image.Texts(2)));
        // containerd lists in the order of a Go map.
        Assert.Equal(Hex(expected), Hex(gated));
    }

    private static IEnumerable<string> Hex(ProtoFields list) => list.All.Select(field => Convert.ToHexString(field.Bytes.Span)).Order(StringComparer.Ordinal);

    private async Task<KubeletClient> KubeletAsync(string version) => new((await world.GateAsync(version)).SocketPath);
}
