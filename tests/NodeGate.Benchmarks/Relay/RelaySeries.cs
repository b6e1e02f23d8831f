using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Relay;

/// <summary>All rounds of one party with one number of streams.</summary>
internal sealed record RelaySeries(string Party, int Streams, ImmutableArray<RelayRound> Rounds)
{
    internal double Median(Func<RelayRound, double> value) => Statistics.Median(Rounds.Select(value));

    /// <summary>This party's value divided by the other's of the same round: both had the same machine.</summary>
    internal ImmutableArray<double> RatiosTo(RelaySeries other, Func<RelayRound, double> value) =>
        [.. Rounds.Zip(other.Rounds, (mine, theirs) => value(mine) / value(theirs))];
}
