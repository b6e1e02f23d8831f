using System.Collections.Immutable;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Relay;

namespace NodeGate.Benchmarks.Bursts;

/// <summary>What the bursts took, and what the daemon used for them.</summary>
/// <param name="Series">One for each party and phase.</param>
/// <param name="Usage">The gating daemon after all of them; its peak is that of its life.</param>
internal sealed record BurstResults(ImmutableArray<BurstSeries> Series, ProcessUsage Usage)
{
    /// <summary>What the gate adds to the 99th percentile: the median over the rounds of the difference within a round.</summary>
    internal double AddedP99Ms(BurstPhase phase)
    {
        var behind = Of(Parties.NodeGate, phase);
        var alone = Of(Parties.Containerd, phase);
        return Statistics.Median(behind.Rounds.Zip(alone.Rounds, (b, a) => b.P99Ms - a.P99Ms));
    }

    internal BurstSeries Of(string party, BurstPhase phase) => Series.Single(s => s.Party == party && s.Phase == phase);
}
