using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Bursts;

/// <summary>How long each of a burst took, in the medians of its rounds.</summary>
/// <param name="Party">containerd directly, or NodeGate.</param>
/// <param name="Phase">What came.</param>
/// <param name="Rounds">For each round: how long each one took from the start of the burst to its own answer, and the whole.</param>
internal sealed record BurstSeries(string Party, BurstPhase Phase, ImmutableArray<BurstRound> Rounds)
{
    internal double MedianMs => Statistics.Median(Rounds.Select(round => Statistics.Median(round.Ms)));

    internal double P99Ms => Statistics.Median(Rounds.Select(round => round.P99Ms));

    internal double TotalMs => Statistics.Median(Rounds.Select(round => round.TotalMs));
}
