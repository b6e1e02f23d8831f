using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Bursts;

/// <summary>One burst.</summary>
/// <param name="Ms">From the start of each pull or pod to its answer.</param>
/// <param name="TotalMs">Until the last was done.</param>
internal sealed record BurstRound(ImmutableArray<double> Ms, double TotalMs)
{
    internal double P99Ms => Statistics.Percentile(Ms, 0.99);
}
