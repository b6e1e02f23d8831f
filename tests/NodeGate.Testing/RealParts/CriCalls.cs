using System.Text;

namespace NodeGate.Testing.RealParts;

/// <summary>The calls a kubelet makes, typed. Each throws <see cref="CriException"/> when the status is not OK.</summary>
public static class CriCalls
{
    /// <summary>Returns image_ref.</summary>
    public static async Task<string> PullImageAsync(this CriClient cri, string image, CriPod? pod = null, string? userName = null, string? password = null) =>
        ProtoFields.Parse((await cri.TryPullImageAsync(image, pod, userName, password)).EnsureOk("PullImage " + image).Message).Text(1);

    /// <summary>The pull with whatever came back, for denials.</summary>
    public static Task<CriReply> TryPullImageAsync(this CriClient cri, string image, CriPod? pod = null, string? userName = null, string? password = null)
    {
        var request = new ProtoWriter().Message(1, new ProtoWriter().String(1, image).String(18, image));
        if (userName is not null)
        {
            request.Message(2, new ProtoWriter().String(1, userName).String(2, password));
        }

        if (pod is not null)
        {
            request.Message(3, pod.ToMessage());
        }

        return cri.CallAsync(cri.Path("ImageService/PullImage"), request.ToArray());
    }

    /// <summary>Null: the image is not present.</summary>
    public static async Task<CriImage?> ImageStatusAsync(this CriClient cri, string image)
    {
        var reply = await cri.SendAsync("ImageService/ImageStatus", new ProtoWriter().Message(1, new ProtoWriter().String(1, image)));
        return reply.Message(1) is { } found ? CriImage.From(found) : null;
    }

    public static async Task<IReadOnlyList<CriImage>> ListImagesAsync(this CriClient cri) =>
        [.. (await cri.SendAsync("ImageService/ListImages", new ProtoWriter())).Messages(1).Select(CriImage.From)];

    public static Task RemoveImageAsync(this CriClient cri, string image) =>
        cri.SendAsync("ImageService/RemoveImage", new ProtoWriter().Message(1, new ProtoWriter().String(1, image)));

    /// <summary>Name and version of the runtime behind the socket.</summary>
    public static async Task<string> VersionAsync(this CriClient cri)
    {
        var reply = await cri.SendAsync("RuntimeService/Version", new ProtoWriter());
        return reply.Text(2) + " " + reply.Text(3);
    }

    /// <summary>Returns the id of the sandbox.</summary>
    public static async Task<string> RunPodSandboxAsync(this CriClient cri, CriPod pod) =>
        (await cri.SendAsync("RuntimeService/RunPodSandbox", new ProtoWriter().Message(1, pod.ToMessage()))).Text(1);

    /// <summary>Returns the id of the container. <paramref name="image"/> is what a kubelet puts there: the image_ref of the pull.</summary>
    public static async Task<string> CreateContainerAsync(
        this CriClient cri, string sandboxId, CriPod pod, string name, string image, string? userSpecifiedImage = null, params IReadOnlyList<string> command) =>
        ProtoFields.Parse((await cri.TryCreateContainerAsync(sandboxId, pod, name, image, userSpecifiedImage, command)).EnsureOk("CreateContainer " + image).Message).Text(1);

    public static Task<CriReply> TryCreateContainerAsync(
        this CriClient cri, string sandboxId, CriPod pod, string name, string image, string? userSpecifiedImage = null, params IReadOnlyList<string> command)
    {
        const ulong nodeNetwork = 2;
        var linux = new ProtoWriter().Message(2, new ProtoWriter().Message(3, new ProtoWriter().Varint(1, nodeNetwork)));
        var config = new ProtoWriter()
            .Message(1, new ProtoWriter().String(1, name))
            .Message(2, new ProtoWriter().String(1, image).String(18, userSpecifiedImage))
            .Strings(3, command)
            .String(11, pod.LogDirectory.Length == 0 ? "" : name + ".log")
            .Message(15, linux);
        var request = new ProtoWriter().String(1, sandboxId).Message(2, config).Message(3, pod.ToMessage());
        return cri.CallAsync(cri.Path("RuntimeService/CreateContainer"), request.ToArray());
    }

    public static Task StartContainerAsync(this CriClient cri, string containerId) =>
        cri.SendAsync("RuntimeService/StartContainer", new ProtoWriter().String(1, containerId));

    public static async Task<CriContainerStatus> ContainerStatusAsync(this CriClient cri, string containerId)
    {
        var status = (await cri.SendAsync("RuntimeService/ContainerStatus", new ProtoWriter().String(1, containerId))).Message(1)
            ?? throw new InvalidDataException("ContainerStatus without a status");
        return new CriContainerStatus(
            (CriContainerState)status.Number(3), (int)status.Number(7), status.Message(8)?.Text(1) ?? "", status.Text(9), status.Text(10), status.Text(11));
    }

    /// <summary>Runs a command in a running container; returns exit code and standard output.</summary>
    public static async Task<(int ExitCode, string Output)> ExecAsync(this CriClient cri, string containerId, params IReadOnlyList<string> command)
    {
        var reply = await cri.CallAsync(cri.Path("RuntimeService/ExecSync"), new ProtoWriter().String(1, containerId).Strings(2, command).Varint(3, 20).ToArray());
        var fields = ProtoFields.Parse(reply.EnsureOk("ExecSync").Message);
        return ((int)fields.Number(3), fields.Text(1));
    }

    /// <summary>Stops and removes a pod with its containers.</summary>
    public static async Task RemovePodAsync(this CriClient cri, string sandboxId)
    {
        await cri.SendAsync("RuntimeService/StopPodSandbox", new ProtoWriter().String(1, sandboxId));
        await cri.SendAsync("RuntimeService/RemovePodSandbox", new ProtoWriter().String(1, sandboxId));
    }

    public static async Task<IReadOnlyList<string>> ListPodSandboxesAsync(this CriClient cri) =>
        [.. (await cri.SendAsync("RuntimeService/ListPodSandbox", new ProtoWriter())).Messages(1).Select(pod => pod.Text(1))];

    /// <summary>The path of a method of the client's API version: <c>ImageService/PullImage</c>.</summary>
    public static string Path(this CriClient cri, string method) => new StringBuilder("/").Append(cri.Api).Append('.').Append(method).ToString();

    private static async Task<ProtoFields> SendAsync(this CriClient cri, string method, ProtoWriter request)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var reply = await cri.CallAsync(cri.Path(method), request.ToArray(), [], deadline.Token);
        return ProtoFields.Parse(reply.EnsureOk(method).Message);
    }
}
