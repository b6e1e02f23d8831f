using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Tests.Wire;

internal sealed class TestMethod(Func<GrpcRequest, CancellationToken, Task<GrpcReply>> handle, bool isLong = false) : IGatedMethod
{
    public bool IsLong => isLong;

    public Task<GrpcReply> HandleAsync(GrpcRequest request, CancellationToken callAborted) => handle(request, callAborted);
}
