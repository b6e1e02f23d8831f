using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Containers;

/// <summary>A pod that was started through NodeGate, and the containers that a kubelet would make in it.</summary>
internal sealed class RunningPod : IAsyncDisposable
{
    private readonly CriClient _cri;
    private readonly CriPod _pod;
    private int _containers;

    private RunningPod(CriClient cri, CriPod pod, string id)
    {
        _cri = cri;
        _pod = pod;
        Id = id;
    }

    internal string Id { get; }

    internal static async Task<RunningPod> StartAsync(CriClient cri, string @namespace)
    {
        var pod = new CriPod("pod-" + Guid.NewGuid().ToString("N"), @namespace);
        return new RunningPod(cri, pod, await cri.RunPodSandboxAsync(pod));
    }

    internal Task<string> PullAsync(string image) => _cri.PullImageAsync(image, _pod);

    /// <summary>CreateContainer as a kubelet calls it: the ID that the pull answered, and what the pod says; image volumes at /vol0, /vol1.</summary>
    internal Task<CriReply> TryCreateAsync(string image, string? written, params IReadOnlyList<string> volumes)
    {
        const ulong nodeNetwork = 2;
        var config = new ProtoWriter()
            .Message(1, new ProtoWriter().String(1, $"c{_containers++}"))
            .Message(2, new ProtoWriter().String(1, image).String(18, written));
        for (var index = 0; index < volumes.Count; index++)
        {
            config.Message(7, new ProtoWriter().String(1, $"/vol{index}").Varint(3, 1).Message(9, new ProtoWriter().String(1, volumes[index])));
        }

        config.Message(15, new ProtoWriter().Message(2, new ProtoWriter().Message(3, new ProtoWriter().Varint(1, nodeNetwork))));
        var request = new ProtoWriter().String(1, Id).Message(2, config).Message(3, _pod.ToMessage());
        return _cri.CallAsync(_cri.Path("RuntimeService/CreateContainer"), request.ToArray());
    }

    /// <summary>The container is made, starts, and runs as the image's user; returns its ID.</summary>
    internal async Task<string> RunAsync(string image, string? written, params IReadOnlyList<string> volumes)
    {
        var reply = await TryCreateAsync(image, written, volumes);
        var container = ProtoFields.Parse(reply.EnsureOk("CreateContainer " + image).Message).Text(1);
        await _cri.StartContainerAsync(container);
        Assert.Equal(CriContainerState.Running, (await _cri.ContainerStatusAsync(container)).State);
        Assert.Equal((0, "1000\n"), await _cri.ExecAsync(container, "/bin/id", "-u"));
        return container;
    }

    /// <summary>CreateContainer is answered as a pull that is refused, and nothing is made.</summary>
    internal async Task RefusedAsync(string expected, string image, string? written, params IReadOnlyList<string> volumes)
    {
        var reply = await TryCreateAsync(image, written, volumes);
        Assert.Equal((2, true), (reply.Status, reply.StatusMessage.StartsWith(expected, StringComparison.Ordinal)));
        Assert.Empty(await ContainersAsync());
    }

    internal async Task<IReadOnlyList<string>> ContainersAsync()
    {
        var request = new ProtoWriter().Message(1, new ProtoWriter().String(3, Id));
        var reply = await _cri.CallAsync(_cri.Path("RuntimeService/ListContainers"), request.ToArray());
        return [.. ProtoFields.Parse(reply.EnsureOk("ListContainers").Message).Messages(1).Select(container => container.Text(1))];
    }

    public async ValueTask DisposeAsync() => await _cri.RemovePodAsync(Id);
}
