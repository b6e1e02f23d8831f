namespace NodeGate.Benchmarks.Relay;

/// <summary>One way to containerd. <paramref name="ProcessId"/> is the process whose CPU time a call costs there.</summary>
internal sealed record RelayParty(string Name, string SocketPath, int ProcessId);
