using System.Collections.Immutable;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;
using Records = NodeGate.CriProxy.Cri.Containerd;

namespace NodeGate.CriProxy.Inventory;

/// <summary>Asks containerd what is on the node: its images with their names, and the containers that use them. Reads only.</summary>
public sealed class NodeInventory : IAsyncDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private readonly string _upstream;
    private readonly UpstreamChannel _containerd;
    private readonly TimeProvider _time;

    /// <summary>Nothing is connected before the first question.</summary>
    /// <param name="upstream">containerd's unix socket.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where a lost connection is said.</param>
    public NodeInventory(string upstream, TimeProvider time, ILogger<NodeInventory> logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(upstream);
        _upstream = upstream;
        _time = time;
        _containerd = new UpstreamChannel(upstream, CriReadiness.Probe, WireLimits.Default, time, logger);
    }

    /// <summary>Every image that the CRI shows, in the order of its first name.</summary>
    /// <exception cref="NodeGateException">containerd did not answer, or not as it should.</exception>
    public async Task<ImmutableArray<NodeImage>> ListAsync(CancellationToken cancellationToken)
    {
        var images = await AskAsync("/runtime.v1.ImageService/ListImages", ListImagesResponse.Parser, cancellationToken);
        var records = await CallAsync("/containerd.services.images.v1.Images/List", CriCalls.ImagesMetadata, Records.ListImagesResponse.Parser, cancellationToken);
        var targets = records.Images.ToDictionary(record => record.Name, record => record.Target?.Digest, StringComparer.Ordinal);

        var uses = await UsesAsync(cancellationToken);
        return
        [
            .. images.Images
                .Select(image => new NodeImage(Describe(image, targets), uses.GetValueOrDefault(image.Id, [])))
                .OrderBy(image => image.Image.Asked, StringComparer.Ordinal),
        ];
    }

    /// <summary>The runtime's name and version, such as <c>containerd v2.1.9</c>.</summary>
    /// <exception cref="NodeGateException">containerd did not answer, or not as it should.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var version = await AskAsync("/runtime.v1.RuntimeService/Version", VersionResponse.Parser, cancellationToken);
        return AnswerText.Clean($"{version.RuntimeName} {version.RuntimeVersion}", CriLimits.MaxNameInAnswer);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _containerd.DisposeAsync();

    /// <summary>Each name with what containerd's record of it points at: a name alone can be given to any image (<c>ctr images tag</c>).</summary>
    private static PresentImage Describe(Image image, Dictionary<string, string?> targets)
    {
        // The ID is a name only where containerd has a record of it; a name that the CRI shows and that has no record is never trusted.
        string[] shown = [.. image.RepoTags, .. image.RepoDigests];
        var names = targets.ContainsKey(image.Id) ? shown.Append(image.Id) : shown;
        return new PresentImage(
            shown.Length == 0 ? image.Id : shown[0],
            image.Id,
            [.. names.Select(name => new ImageName(name, Digest.TryParse(targets.GetValueOrDefault(name), out var target) ? target : null))]);
    }

    private async Task<Dictionary<string, ImmutableArray<ImageUse>>> UsesAsync(CancellationToken cancellationToken)
    {
        var pods = await AskAsync("/runtime.v1.RuntimeService/ListPodSandbox", ListPodSandboxResponse.Parser, cancellationToken);
        var containers = await AskAsync("/runtime.v1.RuntimeService/ListContainers", ListContainersResponse.Parser, cancellationToken);
        var namespaces = pods.Items.ToDictionary(pod => pod.Id, pod => pod.Metadata?.Namespace ?? "", StringComparer.Ordinal);
        return containers.Containers
            .Where(container => namespaces.ContainsKey(container.PodSandboxId))
            .GroupBy(container => container.ImageRef, StringComparer.Ordinal)
            .ToDictionary(
                image => image.Key,
                image => image
                    .GroupBy(container => namespaces[container.PodSandboxId], StringComparer.Ordinal)
                    .OrderBy(@namespace => @namespace.Key, StringComparer.Ordinal)
                    .Select(@namespace => new ImageUse(@namespace.Key, @namespace.Count()))
                    .ToImmutableArray(),
                StringComparer.Ordinal);
    }

    private Task<T> AskAsync<T>(string path, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T> =>
        CallAsync(path, CriCalls.CriMetadata, parser, cancellationToken);

    private async Task<T> CallAsync<T>(
        string path, ImmutableArray<MetadataEntry> metadata, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        var request = new GrpcRequest(path, metadata, ReadOnlyMemory<byte>.Empty, _time.GetUtcNow() + CallTimeout);
        var reply = await _containerd.CallAsync(request, cancellationToken);
        if (reply.Status != GrpcStatusCode.Ok)
        {
            throw Failed(path, $"{reply.Status}: {AnswerText.Clean(reply.StatusMessage, CriLimits.MaxSentenceInAnswer)}");
        }

        try
        {
            return parser.ParseFrom(reply.Message.GetValueOrDefault().Span);
        }
        catch (InvalidProtocolBufferException)
        {
            throw Failed(path, "an answer that is not valid protobuf");
        }
    }

    private NodeGateException Failed(string path, string found) => new(
        DecisionReason.InternalError,
        $"containerd did not answer {path} on {_upstream}: {found}. Is containerd running, and 'upstream' its socket?");
}
