using Google.Protobuf;
using NodeGate.CriProxy.Cri.Containerd;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using ContainerdImage = NodeGate.CriProxy.Cri.Containerd.Image;
using CriImage = NodeGate.CriProxy.Cri.Runtime.Image;

namespace NodeGate.CriProxy.Tests.Cri;

/// <summary>
/// The part of containerd that naming and judging need, with faults that the real one cannot be made to show on request (events that come late, a
/// record that vanishes or is moved between two calls). The behaviour without faults is tested against the real one in EndToEnd.
/// </summary>
internal sealed class FakeContainerd : IUpstreamChannel
{
    private readonly Dictionary<string, ContainerdImage> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);

    public List<GrpcRequest> Calls { get; } = [];

    /// <summary>Image IDs by digest: what a pull of that digest answers.</summary>
    public Dictionary<string, string> ImageIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers a call instead of this class when it returns something; called before it.</summary>
    public Func<GrpcRequest, CancellationToken, Task<GrpcReply?>> Intercept { get; set; } = (_, _) => Task.FromResult<GrpcReply?>(null);

    /// <summary>How many ImageStatus calls pass before a changed name is seen.</summary>
    public int EventsAreLateBy { get; set; }

    public IEnumerable<string> Methods => Calls.Select(call => call.Path[(call.Path.LastIndexOf('/') + 1)..]);

    public IReadOnlyDictionary<string, ContainerdImage> Records => _records;

    public async Task<GrpcReply> CallAsync(GrpcRequest request, CancellationToken cancellationToken)
    {
        Calls.Add(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (await Intercept(request, cancellationToken) is { } reply)
        {
            return reply;
        }

        return request.Path[(request.Path.LastIndexOf('/') + 1)..] switch
        {
            "PullImage" => Pull(PullImageRequest.Parser.ParseFrom(request.Message.Span).Image.Image),
            "ImageStatus" => Status(ImageStatusRequest.Parser.ParseFrom(request.Message.Span).Image.Image),
            "Get" => Get(GetImageRequest.Parser.ParseFrom(request.Message.Span).Name),
            "Create" => Create(CreateImageRequest.Parser.ParseFrom(request.Message.Span).Image),
            "Update" => Update(UpdateImageRequest.Parser.ParseFrom(request.Message.Span)),
            "CreateContainer" => Ok(new CreateContainerResponse { ContainerId = "c1" }),
            "RestorePod" => Ok(new RestorePodResponse { PodSandboxId = "p1" }),
            "RemoveContainer" or "StopPodSandbox" or "RemovePodSandbox" => Ok(new RemoveContainerRequest()),
            _ => GrpcReply.Error(GrpcStatusCode.Unimplemented, request.Path),
        };
    }

    public void SetRecord(string name, string digest, params (string Key, string Value)[] labels)
    {
        var image = new ContainerdImage { Name = name, Target = new TargetDescriptor { MediaType = "application/vnd.oci.image.manifest.v1+json", Digest = digest, Size = 42 } };
        foreach (var (key, value) in labels)
        {
            image.Labels.Add(key, value);
        }

        _records[name] = image;
        Notice(name);
    }

    public void Remove(string name)
    {
        _records.Remove(name);
        _shown.Remove(name);
    }

    public static GrpcReply Ok(IMessage message) =>
        new(GrpcStatusCode.Ok, null, message.ToByteArray(), [new("x-header", "h")], [new("x-trailer-bin", "AAE")], TrailersOnly: false);

    private GrpcReply Pull(string reference)
    {
        var digest = reference[(reference.IndexOf('@', StringComparison.Ordinal) + 1)..];
        if (!ImageIds.TryGetValue(digest, out var id))
        {
            return GrpcReply.Error(GrpcStatusCode.NotFound, $"failed to pull and unpack image \"{reference}\"");
        }

        SetRecord(reference, digest, ("io.cri-containerd.image", "managed"));
        return Ok(new PullImageResponse { ImageRef = id });
    }

    private GrpcReply Status(string reference)
    {
        if (EventsAreLateBy > 0 && !reference.Contains('@', StringComparison.Ordinal))
        {
            EventsAreLateBy--;
            return Ok(new ImageStatusResponse());
        }

        if (!_shown.TryGetValue(reference, out var id) && !_shown.ContainsValue(id = reference))
        {
            return Ok(new ImageStatusResponse());
        }

        var image = new CriImage { Id = id };
        image.RepoTags.Add(_shown.Where(name => name.Value == id && name.Key != id && !name.Key.Contains('@', StringComparison.Ordinal)).Select(name => name.Key));
        image.RepoDigests.Add(_shown.Where(name => name.Value == id && name.Key.Contains('@', StringComparison.Ordinal)).Select(name => name.Key));
        return Ok(new ImageStatusResponse { Image = image });
    }

    private GrpcReply Get(string name) => _records.TryGetValue(name, out var image)
        ? Ok(new GetImageResponse { Image = image })
        : GrpcReply.Error(GrpcStatusCode.NotFound, $"image \"{name}\": not found");

    private GrpcReply Create(ContainerdImage image)
    {
        if (!_records.TryAdd(image.Name, image))
        {
            return GrpcReply.Error(GrpcStatusCode.AlreadyExists, $"image \"{image.Name}\": already exists");
        }

        Notice(image.Name);
        return Ok(new GetImageResponse { Image = image });
    }

    private GrpcReply Update(UpdateImageRequest request)
    {
        if (!_records.TryGetValue(request.Image.Name, out var record))
        {
            return GrpcReply.Error(GrpcStatusCode.NotFound, $"image \"{request.Image.Name}\": not found");
        }

        foreach (var path in request.UpdateMask.Paths)
        {
            if (path == "target")
            {
                record.Target = request.Image.Target;
            }
            else
            {
                var label = path["labels.".Length..];
                record.Labels[label] = request.Image.Labels[label];
            }
        }

        Notice(request.Image.Name);
        return Ok(new GetImageResponse { Image = record });
    }

    private void Notice(string name) => _shown[name] = ImageIds.GetValueOrDefault(_records[name].Target.Digest, "sha256:other");
}
