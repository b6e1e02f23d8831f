using System.Collections.Immutable;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Relay;

namespace NodeGate.Benchmarks.Reviews;

/// <summary>What the webhook took and used.</summary>
/// <param name="StartsMs">From the start of the process until <c>/readyz</c> says so.</param>
/// <param name="Idle">Ten seconds after the start.</param>
/// <param name="AtTarget">After the reviews of <see cref="ReviewBench.TargetCallers"/> callers, cold ones included, and before more of them come.</param>
/// <param name="Usage">After all reviews; its peak is that of its life.</param>
/// <param name="Series">One for each party, phase and number of callers.</param>
internal sealed record ReviewResults(ImmutableArray<double> StartsMs, ProcessUsage Idle, ProcessUsage AtTarget, ProcessUsage Usage, ImmutableArray<ReviewSeries> Series)
{
    internal ReviewSeries Of(ReviewPhase phase, int callers) => Series.Single(s => s.Phase == phase && s.Callers == callers);

    /// <summary>NodeGate's reviews a second divided by nginx's answers, in the median of the rounds.</summary>
    internal double ToNginx(ReviewSeries series) => Statistics.Median(
        series.Rounds.Zip(Series.Single(s => s.Party == Parties.Nginx && s.Callers == series.Callers).Rounds, (mine, theirs) => mine.PerSecond / theirs.PerSecond));
}
