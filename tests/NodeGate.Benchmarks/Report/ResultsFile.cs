using System.Text.Json;
using NodeGate.Benchmarks.Bursts;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Decisions;
using NodeGate.Benchmarks.Relay;
using NodeGate.Benchmarks.Reviews;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Report;

/// <summary>artifacts/bench/results.json; its members are explained at the head of Program.cs.</summary>
internal static class ResultsFile
{
    internal static string Write(BenchResults results)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Tools.Repository, "artifacts/bench")).FullName, "results.json");
        using var stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteRun(json, results);
        WriteTargets(json, results);
        WriteRelay(json, results);
        WriteDecisions(json, results);
        WriteVerify(json, results);
        WriteDaemon(json, results);
        WriteBursts(json, results.Bursts);
        WriteReviews(json, results.Reviews);
        WriteBundles(json, results);
        json.WriteEndObject();
        return file;
    }

    private static void WriteRun(Utf8JsonWriter json, BenchResults results)
    {
        json.WriteStartObject("run");
        json.WriteString("time", results.Time);
        json.WriteNumber("seconds", Math.Round(results.Duration.TotalSeconds));
        json.WriteNumber("cores", Environment.ProcessorCount);
        json.WriteNumber("loadAverageBefore", results.LoadAverage.Before);
        json.WriteNumber("loadAverageAfter", results.LoadAverage.After);
        json.WriteString("binary", Path.GetRelativePath(Tools.Repository, results.Binary));
        json.WriteNumber("binaryBytes", new FileInfo(results.Binary).Length);
        json.WriteEndObject();
    }

    private static void WriteTargets(Utf8JsonWriter json, BenchResults results)
    {
        json.WriteStartArray("targets");
        foreach (var target in Targets.Of(results))
        {
            json.WriteStartObject();
            json.WriteString("name", target.Name);
            json.WriteString("wanted", target.WantedText);
            Number(json, "measured", target.Measured);
            json.WriteBoolean("met", target.IsMet);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRelay(Utf8JsonWriter json, BenchResults results)
    {
        json.WriteStartArray("relay");
        foreach (var series in results.Relay)
        {
            json.WriteStartObject();
            json.WriteString("party", series.Party);
            json.WriteNumber("streams", series.Streams);
            WriteRound(json, "median", series.Median);
            var nginx = results.Series(Parties.Nginx, series.Streams);
            Number(json, "requestsPerSecondToNginx", Statistics.Median(series.RatiosTo(nginx, round => round.RequestsPerSecond)));
            Number(json, "meanToNginx", Statistics.Median(series.RatiosTo(nginx, round => round.MeanMicros)));
            json.WriteStartArray("rounds");
            foreach (var round in series.Rounds)
            {
                WriteRound(json, null, value => value(round));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRound(Utf8JsonWriter json, string? name, Func<Func<RelayRound, double>, double> value)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        Number(json, "requestsPerSecond", value(round => round.RequestsPerSecond));
        Number(json, "meanMicros", value(round => round.MeanMicros));
        Number(json, "medianMicros", value(round => round.MedianMicros));
        Number(json, "p99Micros", value(round => round.P99Micros));
        Number(json, "cpuMicrosPerCall", value(round => round.CpuMicrosPerCall));
        json.WriteEndObject();
    }

    private static void WriteDecisions(Utf8JsonWriter json, BenchResults results)
    {
        json.WriteStartArray("decisions");
        foreach (var series in results.Decisions)
        {
            json.WriteStartObject();
            json.WriteString("kind", series.Kind.ToString());
            json.WriteString("format", series.Format.ToString());
            json.WriteNumber("keys", series.Keys);
            json.WriteNumber("registryDelayMs", series.RegistryDelay.TotalMilliseconds);
            json.WriteNumber("requests", series.Requests);
            WriteCount(json, "rounds", series.Rounds);
            Number(json, "decisionMs", series.DecisionMs);
            Number(json, "pullMs", series.PullMs);
            json.WriteStartArray("samples");
            foreach (var sample in series.Samples)
            {
                WriteSample(json, sample);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("firstDecision");
        WriteSample(json, results.FirstDecision);
    }

    private static void WriteSample(Utf8JsonWriter json, DecisionSample sample)
    {
        json.WriteStartObject();
        Number(json, "decisionMs", sample.DecisionMs);
        Number(json, "pullMs", sample.PullMs);
        json.WriteNumber("rounds", sample.Rounds);
        json.WriteStartArray("requests");
        foreach (var call in sample.Calls.Calls.OrderBy(call => call.Came))
        {
            json.WriteStringValue($"{call.Status} {call.Text}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteVerify(Utf8JsonWriter json, BenchResults results)
    {
        json.WriteStartArray("verify");
        foreach (var series in results.Verify)
        {
            json.WriteStartObject();
            json.WriteString("program", series.Program);
            json.WriteString("format", series.Format.ToString());
            json.WriteNumber("registryDelayMs", series.RegistryDelay.TotalMilliseconds);
            json.WriteNumber("requests", series.Requests);
            WriteCount(json, "rounds", series.Rounds);
            Number(json, "medianMs", series.MedianMs);
            WriteNumbers(json, "milliseconds", series.Milliseconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBursts(Utf8JsonWriter json, BurstResults bursts)
    {
        json.WriteStartObject("bursts");
        json.WriteStartArray("series");
        foreach (var series in bursts.Series)
        {
            json.WriteStartObject();
            json.WriteString("party", series.Party);
            json.WriteString("phase", series.Phase.ToString());
            Number(json, "medianMs", series.MedianMs);
            Number(json, "p99Ms", series.P99Ms);
            Number(json, "totalMs", series.TotalMs);
            if (series.Party == Parties.NodeGate)
            {
                Number(json, "addedP99Ms", bursts.AddedP99Ms(series.Phase));
            }

            WriteNumbers(json, "p99OfRoundsMs", series.Rounds.Select(round => round.P99Ms));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteUsage(json, "daemon", bursts.Usage);
        json.WriteEndObject();
    }

    private static void WriteReviews(Utf8JsonWriter json, ReviewResults reviews)
    {
        json.WriteStartObject("reviews");
        Number(json, "startToReadyMs", Statistics.Median(reviews.StartsMs));
        WriteNumbers(json, "starts", reviews.StartsMs);
        json.WriteStartArray("series");
        foreach (var series in reviews.Series)
        {
            json.WriteStartObject();
            json.WriteString("party", series.Party);
            json.WriteString("phase", series.Phase?.ToString());
            json.WriteNumber("callers", series.Callers);
            Number(json, "perSecond", series.Median(round => round.PerSecond));
            Number(json, "medianMs", series.Median(round => round.MedianMs));
            Number(json, "p99Ms", series.Median(round => round.P99Ms));
            Number(json, "toNginx", reviews.ToNginx(series));
            WriteNumbers(json, "p99OfRoundsMs", series.Rounds.Select(round => round.P99Ms));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteUsage(json, "idle", reviews.Idle);
        WriteUsage(json, "atTargetCallers", reviews.AtTarget);
        WriteUsage(json, "daemon", reviews.Usage);
        json.WriteEndObject();
    }

    private static void WriteBundles(Utf8JsonWriter json, BenchResults results)
    {
        json.WriteStartArray("bundles");
        foreach (var series in results.Bundles)
        {
            json.WriteStartObject();
            json.WriteString("kind", series.Kind);
            WriteNumbers(json, "nodegatePerSecond", series.NodeGate);
            WriteNumbers(json, "sigstoreJsPerSecond", series.SigstoreJs);
            WriteNumbers(json, "barePerSecond", series.Bare);
            WriteRatio(json, "toSigstoreJs", series.ToSigstoreJs);
            WriteRatio(json, "timeToBare", series.ToBare);
            Number(json, "bytesPerVerification", series.BytesPerVerification);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRatio(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } ratio)
        {
            Number(json, name, ratio);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteDaemon(Utf8JsonWriter json, BenchResults results)
    {
        json.WriteStartObject("daemon");
        Number(json, "startToReadyMs", Statistics.Median(results.StartsMs));
        WriteNumbers(json, "starts", results.StartsMs);
        WriteUsage(json, "idle", results.Idle);
        WriteUsage(json, "afterLoad", results.AfterLoad);
        WriteUsage(json, "atTheEnd", results.AtTheEnd);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, string name, ProcessUsage usage)
    {
        json.WriteStartObject(name);
        json.WriteNumber("rssKiB", usage.RssKiB);
        json.WriteNumber("anonymousKiB", usage.AnonymousKiB);
        json.WriteNumber("peakKiB", usage.PeakKiB);
        json.WriteNumber("threads", usage.Threads);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(Math.Round(value, 3));
        }

        json.WriteEndArray();
    }

    private static void WriteCount(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } count)
        {
            json.WriteNumber(name, count);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, double value) => json.WriteNumber(name, Math.Round(value, 3));
}
