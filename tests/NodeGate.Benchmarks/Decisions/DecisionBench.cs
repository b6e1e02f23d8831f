using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Decisions;

/// <summary>PullImage through the daemon to a real containerd: what the decision took and what it asked of the registry.</summary>
internal sealed class DecisionBench(NodeGateProcess nodeGate, CountingRegistry registry)
{
    /// <summary>The User-Agent of the gate; containerd's own pull has another.</summary>
    internal const string UserAgent = "nodegate";

    private static readonly CriPod Pod = new("bench", "prod");

    /// <summary>Each image cold, warm by tag and warm by digest.</summary>
    internal async Task<ImmutableArray<DecisionSeries>> RunAsync(SignatureFormat format, int keys, TimeSpan delay, ImmutableArray<SignedImage> images)
    {
        using var cri = nodeGate.Cri();
        registry.Delay = delay;
        var samples = Enum.GetValues<DecisionKind>().ToDictionary(kind => kind, _ => ImmutableArray.CreateBuilder<DecisionSample>());
        foreach (var image in images)
        {
            samples[DecisionKind.Cold].Add(await PullAsync(cri, image.ByTag));
            samples[DecisionKind.WarmByTag].Add(await PullAsync(cri, image.ByTag));
            samples[DecisionKind.WarmByDigest].Add(await PullAsync(cri, image.ByDigest));
        }

        registry.Delay = TimeSpan.Zero;
        return [.. samples.Select(pair => new DecisionSeries(pair.Key, format, keys, delay, pair.Value.ToImmutable()))];
    }

    internal async Task<DecisionSample> PullAsync(CriClient cri, string reference)
    {
        registry.Forget();
        var began = Stopwatch.GetTimestamp();
        await cri.PullImageAsync(reference, Pod);
        var pull = Stopwatch.GetElapsedTime(began);
        return new DecisionSample(LastDecisionMs(reference), pull.TotalMilliseconds, registry.Of(UserAgent));
    }

    // The line is on the disk before the answer is given.
    private double LastDecisionMs(string reference) => nodeGate.AuditLines()
        .Last(line => Text(line, "event") == "pull" && Text(line, "image") == reference)
        .GetProperty("durationMs")
        .GetDouble();

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();
}
