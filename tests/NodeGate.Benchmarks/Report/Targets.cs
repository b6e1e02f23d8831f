using System.Collections.Immutable;
using NodeGate.Benchmarks.Bundles;
using NodeGate.Benchmarks.Bursts;
using NodeGate.Benchmarks.Decisions;
using NodeGate.Benchmarks.Relay;
using NodeGate.Benchmarks.Reviews;

namespace NodeGate.Benchmarks.Report;

/// <summary>The targets of issues 2 to 5. Nothing fails when one is not met: a time is no test.</summary>
internal static class Targets
{
    private const int MaximumIdleMiB = 64;
    private const int ColdRequests = 6;
    private const int ColdRounds = 4;
    private const double MeanRatioAtOneStream = 1.5;
    private const int TimesSigstoreJs = 5;
    private const int TimesBare = 2;
    private const int MaximumBurstMiB = 150;
    private const int MaximumReviewMs = 10;
    private const int MaximumReviewMiB = 100;

    internal static ImmutableArray<Target> Of(BenchResults results)
    {
        var cold = results.Decisions.Where(series => series.Kind == DecisionKind.Cold).ToArray();
        return
        [
            new("relay, 16 streams: requests/s of nginx", ">=", 1, results.Ratio(Parties.Nginx, 16, round => round.RequestsPerSecond)),
            new("relay, 1 stream: mean of nginx", "<=", MeanRatioAtOneStream, results.Ratio(Parties.Nginx, 1, round => round.MeanMicros)),
            new("cold decision: registry requests", "<=", ColdRequests, cold.Max(series => series.Requests)),
            new("cold decision: rounds", "<=", ColdRounds, cold.Max(series => series.Rounds ?? 0)),
            new($"cold decision: requests more with {Signer.ManyKeys} keys than with 1", "<=", 0, Growth(cold)),
            new("warm decision by tag: registry requests", "<=", 1, Worst(results, DecisionKind.WarmByTag)),
            new("warm decision by digest: registry requests", "<=", 0, Worst(results, DecisionKind.WarmByDigest)),
            new("idle RSS 10 s after start, MiB", "<=", MaximumIdleMiB, results.Idle.RssMiB),
            .. OfBursts(results.Bursts),
            .. OfReviews(results.Reviews),
            .. OfBundles(results.Bundles),
        ];
    }

    internal static ImmutableArray<Target> OfBursts(BurstResults bursts) => [new("peak RSS of the bursts, MiB", "<=", MaximumBurstMiB, bursts.Usage.PeakMiB)];

    internal static ImmutableArray<Target> OfReviews(ReviewResults reviews) =>
    [
        .. new[] { ReviewPhase.WarmByTag, ReviewPhase.WarmByDigest }.Select(phase => new Target(
            $"{phase} review, {ReviewBench.TargetCallers} callers: p99 ms", "<=", MaximumReviewMs, reviews.Of(phase, ReviewBench.TargetCallers).Median(round => round.P99Ms))),
        new($"peak RSS of the webhook with {ReviewBench.TargetCallers} callers, MiB", "<=", MaximumReviewMiB, reviews.AtTarget.PeakMiB),
    ];

    internal static ImmutableArray<Target> OfBundles(ImmutableArray<BundleSeries> bundles)
    {
        var keyless = bundles.Single(series => series.Kind == BundleBench.RekorV1);
        return
        [
            new("keyless bundles a second on one core: of sigstore-js", ">=", TimesSigstoreJs, keyless.ToSigstoreJs ?? double.NaN),
            new("keyless bundle: time of its bare signatures", "<=", TimesBare, keyless.ToBare ?? double.NaN),
        ];
    }

    private static int Worst(BenchResults results, DecisionKind kind) =>
        results.Decisions.Where(series => series.Kind == kind).Max(series => series.Requests);

    private static int Growth(DecisionSeries[] cold) => cold
        .GroupBy(series => series.Format)
        .Max(format => Requests(format.Where(series => series.Keys > 1)) - Requests(format.Where(series => series.Keys == 1)));

    private static int Requests(IEnumerable<DecisionSeries> series) => series.Max(one => one.Requests);
}
