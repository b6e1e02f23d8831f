using Google.Protobuf;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Cri;

/// <summary>A PullImage request as far as it is judged.</summary>
/// <param name="Image">The reference as the caller wrote it; empty where there is none.</param>
/// <param name="Namespace">The pod's namespace, or null.</param>
/// <param name="Pod">The pod's name, or null.</param>
/// <param name="PodUid">The pod's UID, or null.</param>
/// <param name="Credential">The caller's credentials, or null.</param>
internal sealed record PullImageCall(string Image, string? Namespace, string? Pod, string? PodUid, RegistryCredential? Credential)
{
    /// <summary>Reads <paramref name="message"/>. Fields given repeatedly are merged as protobuf says, which is what containerd does.</summary>
    /// <exception cref="FormatException">It is malformed, ambiguous, or its credentials cannot be read.</exception>
    public static PullImageCall Parse(ReadOnlyMemory<byte> message)
    {
        MessageShape.PullImageRequest.Require(message.Span);
        PullImageRequest request;
        try
        {
            request = PullImageRequest.Parser.ParseFrom(message.Span);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new FormatException("PullImageRequest is not valid protobuf: " + fault.Message, fault);
        }

        var pod = request.SandboxConfig?.Metadata;
        return new PullImageCall(
            request.Image?.Image ?? "",
            NullIfEmpty(pod?.Namespace),
            NullIfEmpty(pod?.Name),
            NullIfEmpty(pod?.Uid),
            AuthConfigReader.Read(request.Auth));
    }

    /// <summary>The question for the gate.</summary>
    public GateRequest ToGateRequest() => new()
    {
        Image = Image,
        Event = DecisionEvent.Pull,
        Namespace = Namespace,
        Pod = Pod,
        PodUid = PodUid,
        Credential = Credential,
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
