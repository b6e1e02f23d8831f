namespace NodeGate.Benchmarks.Relay;

/// <summary>What one run of h2load said. Times of a call in microseconds.</summary>
internal sealed record RelayRound(double RequestsPerSecond, double MeanMicros, double MedianMicros, double P99Micros, double CpuMicrosPerCall);
