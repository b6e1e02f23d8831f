using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>"/t.S/..." is relayed, "/g.S/..." gated, everything else refused.</summary>
internal sealed class TestRouter(IGatedMethod? gated = null) : ICallRouter
{
    public CallRoute Route(string path) =>
        path.StartsWith("/t.S/", StringComparison.Ordinal) ? new CallRoute.Relay()
        : path.StartsWith("/g.S/", StringComparison.Ordinal) && gated is not null ? new CallRoute.Gate(gated)
        : new CallRoute.Refuse(GrpcStatusCode.Unimplemented, $"unknown service {path.Split('/')[1]}");
}
