using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Cri.Containers;

/// <summary>CreateContainer.</summary>
internal sealed class CreateContainerMethod(ContainerGuard guard, IUpstreamChannel containerd, CriCalls calls, ILogger logger)
    : ContainerMethod("CreateContainer", guard, containerd, logger)
{
    /// <inheritdoc/>
    protected override ContainerCall CallOf(ReadOnlyMemory<byte> message) => ContainerCall.ParseCreate(message);

    /// <inheritdoc/>
    protected override Task<GrpcReply> UndoAsync(string service, ReadOnlyMemory<byte> answer) =>
        calls.RemoveContainerAsync(service, CreateContainerResponse.Parser.ParseFrom(answer.Span).ContainerId);
}
