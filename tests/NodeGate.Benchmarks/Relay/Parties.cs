namespace NodeGate.Benchmarks.Relay;

/// <summary>The names of the three ways to containerd.</summary>
internal static class Parties
{
    internal const string Containerd = "containerd";
    internal const string Nginx = "nginx";
    internal const string NodeGate = "nodegate";
}
