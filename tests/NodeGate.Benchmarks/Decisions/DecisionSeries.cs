using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Decisions;

/// <summary>The same kind of decision on several images.</summary>
internal sealed record DecisionSeries(DecisionKind Kind, SignatureFormat Format, int Keys, TimeSpan RegistryDelay, ImmutableArray<DecisionSample> Samples)
{
    internal double DecisionMs => Statistics.Median(Samples.Select(sample => sample.DecisionMs));

    internal double PullMs => Statistics.Median(Samples.Select(sample => sample.PullMs));

    /// <summary>The worst, not the median: a count is not noise.</summary>
    internal int Requests => Samples.Max(sample => sample.Requests);

    /// <summary>Null where the registry was too near to tell (<see cref="RegistryCalls.Rounds"/>).</summary>
    internal int? Rounds => RegistryDelay == TimeSpan.Zero ? null : Samples.Max(sample => sample.Rounds);
}
