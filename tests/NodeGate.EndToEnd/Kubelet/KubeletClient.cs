using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>
/// Calls as a kubelet 1.36 makes them (kubelet-observed.md section 1): its headers, its deadlines, its two ways to ask for a status. One
/// connection, which comes back by itself, as grpc-go's does.
/// </summary>
internal sealed class KubeletClient(string socketPath) : IDisposable
{
    /// <summary>Of the start-up check: two minutes less what building the connection took.</summary>
    internal const string StartTimeout = "119969m";

    /// <summary>Of every other call but PullImage, which has none.</summary>
    internal const string CallTimeout = "120000m";

    private readonly CriClient _cri = new(socketPath);

    internal Task<CriReply> ImageFsInfoAsync(string timeout = CallTimeout) => CallAsync("ImageFsInfo", new ProtoWriter(), timeout);

    internal async Task<IReadOnlyList<CriImage>> ListImagesAsync() =>
        [.. ProtoFields.Parse((await CallAsync("ListImages", new ProtoWriter(), CallTimeout)).EnsureOk("ListImages").Message).Messages(1).Select(CriImage.From)];

    /// <summary>(A): <c>:latest</c> added where there is neither tag nor digest, and all of the pod's annotations.</summary>
    internal Task<CriImage?> StatusBeforeAsync(KubeletPod pod, string image) => StatusAsync(pod.Spec(Defaulted(image)));

    /// <summary>(B), just before CreateContainer: as written in the pod, no annotations.</summary>
    internal Task<CriImage?> StatusForUserAsync(string image) => StatusAsync(new ProtoWriter().String(1, image));

    /// <summary>No deadline; credentials are user name and password only.</summary>
    internal Task<CriReply> PullAsync(KubeletPod pod, string image, (string Name, string Password)? user = null)
    {
        var request = new ProtoWriter().Message(1, pod.Spec(Defaulted(image)));
        if (user is { } account)
        {
            request.Message(2, new ProtoWriter().String(1, account.Name).String(2, account.Password));
        }

        return CallAsync("PullImage", request.Message(3, pod.SandboxConfig()), timeout: null);
    }

    /// <summary>Image garbage collection: by ID, never by name.</summary>
    internal Task<CriReply> RemoveAsync(string imageId) =>
        CallAsync("RemoveImage", new ProtoWriter().Message(1, new ProtoWriter().String(1, imageId)), CallTimeout);

    /// <summary>What the kubelet does for one container, in its order; stops where the kubelet stops.</summary>
    internal async Task<ContainerStart> StartContainerAsync(KubeletPod pod, string image, PullPolicy policy, (string Name, string Password)? user = null)
    {
        var before = policy == PullPolicy.Always ? null : await StatusBeforeAsync(pod, image);
        if (before is null && policy == PullPolicy.Never)
        {
            return new ContainerStart("ErrImageNeverPull", null, null);
        }

        CriReply? pull = null;
        if (before is null)
        {
            pull = await PullAsync(pod, image, user);
            if (pull.Status != 0)
            {
                return new ContainerStart(pull.StatusMessage, pull, null);
            }

            var size = await StatusBeforeAsync(pod, image);
            Assert.NotNull(size);
            Assert.Equal(ProtoFields.Parse(pull.Message).Text(1), size.Id);
        }

        return new ContainerStart(null, pull, await StatusForUserAsync(image));
    }

    public void Dispose() => _cri.Dispose();

    internal Task<CriReply> CallAsync(string method, ProtoWriter request, string? timeout)
    {
        var headers = new List<KeyValuePair<string, string>>
        {
            new("user-agent", "grpc-go/1.81.1"),
            new("grpc-accept-encoding", "gzip"),
        };
        if (timeout is not null)
        {
            headers.Add(new("grpc-timeout", timeout));
        }

        return _cri.CallAsync("/runtime.v1.ImageService/" + method, request.ToArray(), headers, CancellationToken.None);
    }

    private static string Defaulted(string image) =>
        image.Contains('@', StringComparison.Ordinal) || image[(image.LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal) ? image : image + ":latest";

    private async Task<CriImage?> StatusAsync(ProtoWriter spec)
    {
        var reply = await CallAsync("ImageStatus", new ProtoWriter().Message(1, spec), CallTimeout);
        return ProtoFields.Parse(reply.EnsureOk("ImageStatus").Message).Message(1) is { } found ? CriImage.From(found) : null;
    }
}
