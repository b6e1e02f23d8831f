namespace NodeGate.Benchmarks.Decisions;

/// <summary>One request that a registry got. Times are Stopwatch ticks: when it came, and just before the answer's first byte.</summary>
internal sealed record RegistryCall(string Text, string UserAgent, int Status, long Came, long Answered);
