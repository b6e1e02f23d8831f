using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Cri.Containers;

/// <summary>RestorePod (CRI of Kubernetes 1.37): the images of all its containers are judged as for CreateContainer.</summary>
internal sealed class RestorePodMethod(ContainerGuard guard, IUpstreamChannel containerd, CriCalls calls, ILogger logger)
    : ContainerMethod("RestorePod", guard, containerd, logger)
{
    /// <inheritdoc/>
    protected override ContainerCall CallOf(ReadOnlyMemory<byte> message)
    {
        var call = ContainerCall.ParseRestore(message);

        // A container that is only in the checkpoint has an image that nobody can judge beforehand.
        return call.Images.IsEmpty
            ? throw new FormatException("The request has no container_configs, so nothing tells which images it would start.")
            : call;
    }

    /// <inheritdoc/>
    protected override Task<GrpcReply> UndoAsync(string service, ReadOnlyMemory<byte> answer) =>
        calls.RemovePodAsync(service, RestorePodResponse.Parser.ParseFrom(answer.Span).PodSandboxId);
}
