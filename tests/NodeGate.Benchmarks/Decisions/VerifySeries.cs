using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Decisions;

/// <summary>One program verifying one image from the shell, start of the process included.</summary>
internal sealed record VerifySeries(
    string Program, SignatureFormat Format, TimeSpan RegistryDelay, ImmutableArray<double> Milliseconds, int Requests, int? Rounds)
{
    internal double MedianMs => Statistics.Median(Milliseconds);
}
