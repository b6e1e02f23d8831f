using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Reviews;

/// <summary>The rounds of one party with one number of callers.</summary>
/// <param name="Party">NodeGate, or nginx, which answers the same bytes to everything.</param>
/// <param name="Phase">What was asked; nginx has none.</param>
/// <param name="Callers">Reviews under way at a time.</param>
/// <param name="Rounds">The rounds, by turns with the other party's.</param>
internal sealed record ReviewSeries(string Party, ReviewPhase? Phase, int Callers, ImmutableArray<ReviewRound> Rounds)
{
    internal double Median(Func<ReviewRound, double> value) => Statistics.Median(Rounds.Select(value));
}
