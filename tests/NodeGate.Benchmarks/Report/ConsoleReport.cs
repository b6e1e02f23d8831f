using System.Collections.Immutable;
using System.Globalization;
using NodeGate.Benchmarks.Bundles;
using NodeGate.Benchmarks.Bursts;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Decisions;
using NodeGate.Benchmarks.Relay;
using NodeGate.Benchmarks.Reviews;

namespace NodeGate.Benchmarks.Report;

/// <summary>The results for a reader.</summary>
internal static class ConsoleReport
{
    internal static void Write(BenchResults results, TextWriter output)
    {
        WriteRelay(results, output);
        WriteDecisions(results, output);
        WriteVerify(results, output);
        WriteDaemon(results, output);
        WriteBursts(results.Bursts, output);
        WriteReviews(results.Reviews, output);
        WriteBundles(results.Bundles, output);
        WriteTargets(Targets.Of(results), output);
        output.WriteLine();
        output.WriteLine(
            $"Took {results.Duration.TotalSeconds:0} s; load average {results.LoadAverage.Before:0.0} before, {results.LoadAverage.After:0.0} after, "
            + $"{Environment.ProcessorCount} cores.");
    }

    /// <summary>The bundles alone, for <c>NodeGate.Benchmarks bundles</c>.</summary>
    internal static void Write(ImmutableArray<BundleSeries> bundles, TextWriter output)
    {
        WriteBundles(bundles, output);
        WriteTargets(Targets.OfBundles(bundles), output);
    }

    /// <summary>The bursts alone, for <c>NodeGate.Benchmarks bursts</c>.</summary>
    internal static void Write(BurstResults bursts, TextWriter output)
    {
        WriteBursts(bursts, output);
        WriteTargets(Targets.OfBursts(bursts), output);
    }

    /// <summary>The reviews alone, for <c>NodeGate.Benchmarks reviews</c>.</summary>
    internal static void Write(ReviewResults reviews, TextWriter output)
    {
        WriteReviews(reviews, output);
        WriteTargets(Targets.OfReviews(reviews), output);
    }

    private static void WriteReviews(ReviewResults reviews, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"Webhook: reviews of a pod over TLS, one HTTP/2 connection; registry and callers on the same cores; medians of {ReviewBench.Rounds} rounds, by turns with nginx");
        var table = new Table("party, review, callers", "reviews/s", "median ms", "p99 ms", "reviews/s to nginx");
        foreach (var series in reviews.Series)
        {
            table.Add(
                $"{series.Party}, {(series.Phase is { } phase ? Name(phase) : "fixed answer")}, {series.Callers}",
                Text(series.Median(round => round.PerSecond)),
                series.Median(round => round.MedianMs).ToString("0.00", CultureInfo.InvariantCulture),
                series.Median(round => round.P99Ms).ToString("0.00", CultureInfo.InvariantCulture),
                Ratio(reviews.ToNginx(series)));
        }

        table.Write(output);
        output.WriteLine($"  start to ready: {Short(Statistics.Median(reviews.StartsMs))} ms (median of {reviews.StartsMs.Length})");
        output.WriteLine($"  memory: {Short(reviews.Idle.RssMiB)} MiB idle; at most {Short(reviews.AtTarget.PeakMiB)} with {ReviewBench.TargetCallers} callers, {Short(reviews.Usage.PeakMiB)} with {ReviewBench.Callers[^1]}; {Short(reviews.Usage.RssMiB)} afterwards");
    }

    private static string Name(ReviewPhase phase) => phase switch
    {
        ReviewPhase.Cold => "cold",
        ReviewPhase.WarmByTag => "warm, by tag",
        _ => "warm, by digest",
    };

    private static void WriteBursts(BurstResults bursts, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            $"Bursts: {BurstBench.Images} different images at once; {BurstBench.Pods} pods of {BurstBench.PodImages} images, {BurstNode.PodsAtATime} at a time; containerd 2.1, "
            + $"medians of {BurstBench.Rounds} alternating rounds");
        var table = new Table("burst", "party", "median ms", "p99 ms", "all ms", "added p99 ms");
        foreach (var series in bursts.Series)
        {
            table.Add(
                Name(series.Phase),
                series.Party,
                Short(series.MedianMs),
                Short(series.P99Ms),
                Short(series.TotalMs),
                series.Party == Parties.NodeGate ? Short(bursts.AddedP99Ms(series.Phase)) : "");
        }

        table.Write(output);
        output.WriteLine($"  daemon: {Short(bursts.Usage.RssMiB)} MiB resident afterwards, {Short(bursts.Usage.PeakMiB)} at most");
    }

    private static string Name(BurstPhase phase) => phase switch
    {
        BurstPhase.ColdPulls => "pulls, cold",
        BurstPhase.WarmPulls => "pulls, warm ledger",
        BurstPhase.ColdPods => "pods, cold",
        _ => "pods, warm ledger",
    };

    private static void WriteTargets(ImmutableArray<Target> targets, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Targets");
        var table = new Table("target", "wanted", "measured", "");
        foreach (var target in targets)
        {
            table.Add(target.Name, target.WantedText, target.MeasuredText, target.Verdict);
        }

        table.Write(output);
    }

    private static void WriteBundles(ImmutableArray<BundleSeries> bundles, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Bundles: read and verified on one core, medians of alternating rounds; bare: only the signatures that such a bundle needs, keys ready");
        var table = new Table("bundle", "nodegate/s", "sigstore-js/s", "bare/s", "to sigstore-js", "time to bare", "KiB each");
        foreach (var series in bundles)
        {
            table.Add(
                series.Kind,
                Text(Statistics.Median(series.NodeGate)),
                Text(Statistics.Median(series.SigstoreJs)),
                Text(Statistics.Median(series.Bare)),
                Ratio(series.ToSigstoreJs),
                Ratio(series.ToBare),
                Short(series.BytesPerVerification / 1024));
        }

        table.Write(output);
    }

    private static string Ratio(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private static void WriteRelay(BenchResults results, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            $"Relay: RuntimeService/Version of containerd 2.1, one connection, median of {RelayBench.Rounds} alternating rounds, CPU of the party itself");
        var table = new Table("party, streams", "requests/s", "mean µs", "median µs", "p99 µs", "CPU µs/call", "requests/s to nginx", "mean to nginx");
        foreach (var series in results.Relay)
        {
            var nginx = results.Series(Parties.Nginx, series.Streams);
            table.Add(
                $"{series.Party}, {series.Streams}",
                Text(series.Median(round => round.RequestsPerSecond)),
                Text(series.Median(round => round.MeanMicros)),
                Text(series.Median(round => round.MedianMicros)),
                Text(series.Median(round => round.P99Micros)),
                Text(series.Median(round => round.CpuMicrosPerCall)),
                Spread(series, nginx, round => round.RequestsPerSecond),
                Spread(series, nginx, round => round.MeanMicros));
        }

        table.Write(output);
    }

    private static void WriteDecisions(BenchResults results, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Decision: PullImage through the daemon to containerd 2.1; the daemon's own time (audit log), and all that the caller waited");
        var table = new Table("signed, keys, registry", "decision", "decision ms", "pull ms", "requests", "rounds");
        foreach (var series in results.Decisions)
        {
            table.Add(
                $"{Name(series.Format)}, {series.Keys}, {Distance(series.RegistryDelay)}",
                Name(series.Kind),
                Short(series.DecisionMs),
                Short(series.PullMs),
                Text(series.Requests),
                Count(series.Rounds));
        }

        var first = results.FirstDecision;
        table.Add(
            $"bundle, 1, {Distance(Bench.Far)}", "first of the process", Short(first.DecisionMs), Short(first.PullMs), Text(first.Requests), Text(first.Rounds));
        table.Write(output);
    }

    private static void WriteVerify(BenchResults results, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("From the shell, start of the process included: the same image, registry and key, by turns");
        var table = new Table("signed, registry", "program", "ms", "requests", "rounds");
        foreach (var series in results.Verify)
        {
            table.Add(
                $"{Name(series.Format)}, {Distance(series.RegistryDelay)}", series.Program, Short(series.MedianMs), Text(series.Requests), Count(series.Rounds));
        }

        table.Write(output);
    }

    private static void WriteDaemon(BenchResults results, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"Daemon: {results.Binary}");
        output.WriteLine(
            $"  start to first answer of containerd: {Short(Statistics.Median(results.StartsMs))} ms "
            + $"(median of {results.StartsMs.Length}, {Short(results.StartsMs.Min())} to {Short(results.StartsMs.Max())})");
        var table = new Table("memory", "RSS MiB", "of that anonymous", "peak RSS", "threads");
        Add("idle, 10 s after start", results.Idle);
        Add("10 s after the relay's load", results.AfterLoad);
        Add("at the end", results.AtTheEnd);
        table.Write(output);

        void Add(string when, ProcessUsage usage) =>
            table.Add(when, Short(usage.RssMiB), Short(usage.AnonymousKiB / 1024.0), Short(usage.PeakKiB / 1024.0), Text(usage.Threads));
    }

    private static string Spread(RelaySeries series, RelaySeries other, Func<RelayRound, double> value)
    {
        var ratios = series.RatiosTo(other, value);
        return series == other
            ? "1"
            : string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(ratios):0.00} ({ratios.Min():0.00} to {ratios.Max():0.00})");
    }

    private static string Name(SignatureFormat format) => format == SignatureFormat.Legacy ? "legacy" : "bundle";

    private static string Name(DecisionKind kind) => kind switch
    {
        DecisionKind.Cold => "cold, by tag",
        DecisionKind.WarmByTag => "warm, by tag",
        _ => "warm, by digest",
    };

    private static string Distance(TimeSpan delay) => delay == TimeSpan.Zero ? "near" : $"{delay.TotalMilliseconds:0} ms away";

    private static string Count(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Text(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
