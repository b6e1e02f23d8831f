using System.Collections.Immutable;
using Google.Protobuf;
using NodeGate.CriProxy.Cri.Containerd;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Cri;

/// <summary>The calls that NodeGate makes to containerd by itself: its Images service, and ImageStatus to see what the CRI sees.</summary>
internal sealed class CriCalls(IUpstreamChannel containerd)
{
    /// <summary>The label that makes an image name part of what containerd's CRI knows (cri.md section 3).</summary>
    public const string ManagedLabel = "io.cri-containerd.image";

    /// <summary>The label that keeps the kubelet's garbage collection from removing an image.</summary>
    public const string PinnedLabel = "io.cri-containerd.pinned";

    private const string Images = "/containerd.services.images.v1.Images/";

    /// <summary>The headers of a call to the CRI by NodeGate itself.</summary>
    public static readonly ImmutableArray<MetadataEntry> CriMetadata = [new("content-type", "application/grpc"), new("te", "trailers")];

    /// <summary>The headers of a call to containerd's Images service; the namespace is fixed in containerd's CRI.</summary>
    public static readonly ImmutableArray<MetadataEntry> ImagesMetadata = [.. CriMetadata, new("containerd-namespace", "k8s.io")];

    /// <summary>Images/Get: the record of <paramref name="name"/>.</summary>
    public Task<GrpcReply> GetAsync(string name, DateTimeOffset? deadline, CancellationToken cancellationToken) =>
        CallAsync(Images + "Get", ImagesMetadata, new GetImageRequest { Name = name }, deadline, cancellationToken);

    /// <summary>Images/Create: <paramref name="name"/> as a managed name of <paramref name="target"/>; ALREADY_EXISTS where there is one.</summary>
    public Task<GrpcReply> CreateAsync(string name, TargetDescriptor target, DateTimeOffset? deadline, CancellationToken cancellationToken) =>
        CallAsync(Images + "Create", ImagesMetadata, new CreateImageRequest { Image = Managed(name, target) }, deadline, cancellationToken);

    /// <summary>
    /// Images/Update: moves <paramref name="name"/> to <paramref name="target"/>. The mask names the target and the one label, so that whatever
    /// other labels the record has stay, in containerd's own transaction.
    /// </summary>
    public Task<GrpcReply> UpdateAsync(string name, TargetDescriptor target, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        var update = new UpdateImageRequest { Image = Managed(name, target), UpdateMask = new() };
        update.UpdateMask.Paths.Add("target");
        update.UpdateMask.Paths.Add("labels." + ManagedLabel);
        return CallAsync(Images + "Update", ImagesMetadata, update, deadline, cancellationToken);
    }

    /// <summary>Images/Update: pins <paramref name="name"/>, as containerd does with a sandbox image that it pulled itself.</summary>
    public Task<GrpcReply> PinAsync(string name, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        // The mask leaves the target alone, but without one in the message containerd 1.7 ends with a nil pointer.
        var update = new UpdateImageRequest { Image = new Containerd.Image { Name = name, Target = new() }, UpdateMask = new() };
        update.Image.Labels.Add(PinnedLabel, "pinned");
        update.UpdateMask.Paths.Add("labels." + PinnedLabel);
        return CallAsync(Images + "Update", ImagesMetadata, update, deadline, cancellationToken);
    }

    /// <summary>Any method of the CRI, by its path.</summary>
    public Task<GrpcReply> CallAsync(string path, IMessage message, CancellationToken cancellationToken) =>
        CallAsync(path, CriMetadata, message, null, cancellationToken);

    /// <summary>ImageStatus as the CRI service <paramref name="service"/> (<c>/runtime.v1.ImageService/</c>) answers it.</summary>
    public Task<GrpcReply> StatusAsync(string service, string reference, DateTimeOffset? deadline, CancellationToken cancellationToken) =>
        CallAsync(service + "ImageStatus", CriMetadata, new ImageStatusRequest { Image = new() { Image = reference } }, deadline, cancellationToken);

    /// <summary>RemoveContainer in the CRI service <paramref name="service"/> (<c>/runtime.v1.RuntimeService/</c>).</summary>
    public Task<GrpcReply> RemoveContainerAsync(string service, string containerId) =>
        CallAsync(service + "RemoveContainer", CriMetadata, new RemoveContainerRequest { ContainerId = containerId }, null, CancellationToken.None);

    /// <summary>Stops and removes a pod in the CRI service <paramref name="service"/>.</summary>
    public async Task<GrpcReply> RemovePodAsync(string service, string podSandboxId)
    {
        var request = new PodSandboxIdRequest { PodSandboxId = podSandboxId };
        var stopped = await CallAsync(service + "StopPodSandbox", CriMetadata, request, null, CancellationToken.None);
        return stopped.Status == GrpcStatusCode.Ok
            ? await CallAsync(service + "RemovePodSandbox", CriMetadata, request, null, CancellationToken.None)
            : stopped;
    }

    private Task<GrpcReply> CallAsync(
        string path, ImmutableArray<MetadataEntry> metadata, IMessage message, DateTimeOffset? deadline, CancellationToken cancellationToken) =>
        containerd.CallAsync(new GrpcRequest(path, metadata, message.ToByteArray(), deadline), cancellationToken);

    private static Containerd.Image Managed(string name, TargetDescriptor target)
    {
        var image = new Containerd.Image { Name = name, Target = target };
        image.Labels.Add(ManagedLabel, "managed");
        return image;
    }
}
