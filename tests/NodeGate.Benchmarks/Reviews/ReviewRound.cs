using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Reviews;

/// <summary>One round of reviews.</summary>
/// <param name="Ms">How long each answer took.</param>
/// <param name="TotalMs">Until the last was there.</param>
internal sealed record ReviewRound(ImmutableArray<double> Ms, double TotalMs)
{
    internal double PerSecond => Ms.Length / TotalMs * 1000;

    internal double MedianMs => Statistics.Median(Ms);

    internal double P99Ms => Statistics.Percentile(Ms, 0.99);
}
