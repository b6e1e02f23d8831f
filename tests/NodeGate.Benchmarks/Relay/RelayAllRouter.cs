using NodeGate.CriProxy.Wire;

namespace NodeGate.Benchmarks.Relay;

/// <summary>Relays every call: what is measured is the wire alone.</summary>
internal sealed class RelayAllRouter : ICallRouter
{
    private static readonly CallRoute Relay = new CallRoute.Relay();

    public CallRoute Route(string path) => Relay;
}
