using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>"/t.S/..." is relayed, "/g.S/..." gated, "/l.S/..." gated by the other method, everything else refused.</summary>
internal sealed class TestRouter(IGatedMethod? gated = null, IGatedMethod? other = null) : ICallRouter
{
    public CallRoute Route(string path) =>
        path.StartsWith("/t.S/", StringComparison.Ordinal) ? new CallRoute.Relay()
        : path.StartsWith("/g.S/", StringComparison.Ordinal) && gated is not null ? new CallRoute.Gate(gated)
        : path.StartsWith("/l.S/", StringComparison.Ordinal) && other is not null ? new CallRoute.Gate(other)
        : new CallRoute.Refuse(GrpcStatusCode.Unimplemented, $"unknown service {path.Split('/')[1]}");
}
