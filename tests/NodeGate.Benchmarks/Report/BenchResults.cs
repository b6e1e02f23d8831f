using System.Collections.Immutable;
using NodeGate.Benchmarks.Bundles;
using NodeGate.Benchmarks.Bursts;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Decisions;
using NodeGate.Benchmarks.Relay;
using NodeGate.Benchmarks.Reviews;

namespace NodeGate.Benchmarks.Report;

/// <summary>Everything that one run measured.</summary>
internal sealed record BenchResults
{
    internal required DateTimeOffset Time { get; init; }

    internal required string Binary { get; init; }

    internal required ImmutableArray<double> StartsMs { get; init; }

    internal required ProcessUsage Idle { get; init; }

    internal required ProcessUsage AfterLoad { get; init; }

    internal required ProcessUsage AtTheEnd { get; init; }

    internal required ImmutableArray<RelaySeries> Relay { get; init; }

    internal required DecisionSample FirstDecision { get; init; }

    internal required ImmutableArray<DecisionSeries> Decisions { get; init; }

    internal required ImmutableArray<VerifySeries> Verify { get; init; }

    internal required ImmutableArray<BundleSeries> Bundles { get; init; }

    internal required BurstResults Bursts { get; init; }

    internal required ReviewResults Reviews { get; init; }

    internal required TimeSpan Duration { get; init; }

    /// <summary>The load average of the minute before and of the last minute: above the number of cores, times are worth little.</summary>
    internal required (double Before, double After) LoadAverage { get; init; }

    internal RelaySeries Series(string party, int streams) => Relay.Single(series => series.Party == party && series.Streams == streams);

    /// <summary>The median over the rounds of nodegate's value divided by the other's of the same round.</summary>
    internal double Ratio(string other, int streams, Func<RelayRound, double> value) =>
        Statistics.Median(Series(Parties.NodeGate, streams).RatiosTo(Series(other, streams), value));
}
