using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Cri.Sandbox;

/// <summary>
/// Finds out which image containerd starts pods with. 1.x says it in its configuration; 2.x says nowhere what it will use, only what the last
/// pod used and which images it pinned.
/// </summary>
internal sealed class SandboxImageFinder(CriCalls containerd)
{
    private const string Fix = "Pull it through NodeGate once, so that it is verified and pinned: "
        + "crictl --image-endpoint unix:///run/nodegate/nodegate.sock pull IMAGE, where IMAGE is 'sandbox' below 'pinned_images' in containerd's configuration.";

    /// <summary>The image that the next pod will be started with.</summary>
    /// <exception cref="NodeGateException">containerd did not answer, or not as it should.</exception>
    public async Task<SandboxReference> FindAsync(string runtimeService, CancellationToken cancellationToken)
    {
        var status = await AskAsync(runtimeService + "Status", new StatusRequest { Verbose = true }, StatusResponse.Parser, cancellationToken);
        if (TextIn(status.Info, "config", "sandboxImage") is { } configured)
        {
            return new SandboxReference(configured, null);
        }

        var sandboxes = await AskAsync(runtimeService + "ListPodSandbox", new Empty(), ListPodSandboxResponse.Parser, cancellationToken);
        if (sandboxes.Items.MaxBy(sandbox => sandbox.CreatedAt) is { } latest
            && await UsedByAsync(runtimeService, latest.Id, cancellationToken) is { } used)
        {
            return new SandboxReference(used, null);
        }

        var images = await AskAsync(
            CriServices.ImageServiceOf(runtimeService) + "ListImages", new Empty(), ListImagesResponse.Parser, cancellationToken);
        var pinned = images.Images.Where(image => image.Pinned).ToList();
        return pinned.Count switch
        {
            0 => new SandboxReference(
                null, "containerd does not say which image it starts pods with, no pod is there that was started with it, and no image is pinned. " + Fix),
            1 when pinned[0].RepoTags.Concat(pinned[0].RepoDigests).FirstOrDefault() is { } name => new SandboxReference(name, null),
            _ => new SandboxReference(
                null,
                $"containerd does not say which of its {pinned.Count} pinned images it starts pods with. "
                + "Unpin the others, or start one pod while 'sandboxImage: observe' holds."),
        };
    }

    /// <summary>The image that a pod was started with; null where the runtime does not tell, or the pod is gone.</summary>
    /// <exception cref="NodeGateException">What containerd answered cannot be used.</exception>
    public async Task<string?> UsedByAsync(string runtimeService, string podSandboxId, CancellationToken cancellationToken)
    {
        var reply = await containerd.CallAsync(
            runtimeService + "PodSandboxStatus", new PodSandboxStatusRequest { PodSandboxId = podSandboxId, Verbose = true }, cancellationToken);
        return reply.Status == GrpcStatusCode.NotFound
            ? null
            : TextIn(ContainerdAnswer.Read(reply, PodSandboxStatusResponse.Parser, "PodSandboxStatus").Info, "info", "image");
    }

    private async Task<T> AskAsync<T>(string path, IMessage message, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T> => ContainerdAnswer.Read(await containerd.CallAsync(path, message, cancellationToken), parser, path);

    // The string that a JSON object of the verbose information has under a name of its own; null where there is none.
    private static string? TextIn(MapField<string, string> info, string entry, string name)
    {
        if (!info.TryGetValue(entry, out var json))
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            string? found = null;
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name))
                {
                    reader.Read();
                    found = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
            }

            return string.IsNullOrEmpty(found) ? null : found;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw ContainerdAnswer.Unusable($"'{entry}' of the verbose information is not valid JSON.");
        }
    }
}
