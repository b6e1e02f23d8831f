using System.Collections.Immutable;
using Google.Protobuf;
using NodeGate.CriProxy.Cri.Runtime;

namespace NodeGate.CriProxy.Cri.Containers;

/// <summary>A request that makes containers, as far as it is judged.</summary>
/// <param name="Images">Every image of every container, each distinct question once, in the order of the request.</param>
/// <param name="Namespace">The pod's namespace, or null.</param>
/// <param name="Pod">The pod's name, or null.</param>
/// <param name="PodUid">The pod's UID, or null.</param>
internal sealed record ContainerCall(ImmutableArray<AskedImage> Images, string? Namespace, string? Pod, string? PodUid)
{
    /// <summary>Reads a CreateContainerRequest.</summary>
    /// <exception cref="FormatException">It is malformed or ambiguous, or names too many images.</exception>
    public static ContainerCall ParseCreate(ReadOnlyMemory<byte> message)
    {
        MessageShape.CreateContainerRequest.Require(message.Span);
        var request = Parse(CreateContainerRequest.Parser, message.Span);
        return Of([request.Config], request.SandboxConfig);
    }

    /// <summary>Reads a RestorePodRequest.</summary>
    /// <exception cref="FormatException">It is malformed or ambiguous, or names too many images.</exception>
    public static ContainerCall ParseRestore(ReadOnlyMemory<byte> message)
    {
        MessageShape.RestorePodRequest.Require(message.Span);
        var request = Parse(RestorePodRequest.Parser, message.Span);
        return Of(request.ContainerConfigs, request.Config);
    }

    /// <summary>Reads a RunPodSandboxRequest: the pod alone, for it names no image.</summary>
    /// <exception cref="FormatException">It is malformed or ambiguous.</exception>
    public static ContainerCall ParseSandbox(ReadOnlyMemory<byte> message)
    {
        MessageShape.RunPodSandboxRequest.Require(message.Span);
        return Of([], Parse(RunPodSandboxRequest.Parser, message.Span).Config);
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> message)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new FormatException("The request is not valid protobuf: " + fault.Message, fault);
        }
    }

    private static ContainerCall Of(IEnumerable<ContainerConfig?> containers, PodSandboxConfig? sandbox)
    {
        var images = new List<AskedImage>();
        foreach (var container in containers)
        {
            Add(images, container?.Image, isVolume: false);
            foreach (var mount in container?.Mounts ?? [])
            {
                if (mount.Image is not null)
                {
                    Add(images, mount.Image, isVolume: true);
                }
            }
        }

        var pod = sandbox?.Metadata;
        return new ContainerCall([.. images], NullIfEmpty(pod?.Namespace), NullIfEmpty(pod?.Name), NullIfEmpty(pod?.Uid));
    }

    private static void Add(List<AskedImage> images, ContainerImageSpec? spec, bool isVolume)
    {
        var image = new AskedImage(spec?.Image ?? "", NullIfEmpty(spec?.UserSpecifiedImage), isVolume);
        if (images.Contains(image))
        {
            return;
        }

        if (images.Count == CriLimits.MaxImagesPerCall)
        {
            throw new FormatException($"The request names more than {CriLimits.MaxImagesPerCall} images.");
        }

        images.Add(image);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
