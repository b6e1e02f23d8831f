using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.RegularExpressions;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Relay;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.Benchmarks.Reviews;

/// <summary>The webhook over TLS, with images signed by key; nginx, which answers a fixed text to the same requests, is what TLS and HTTP alone cost.</summary>
internal static partial class ReviewBench
{
    internal const int Rounds = 3;
    internal const int TargetCallers = 16;
    private const int Starts = 6;
    private const int WarmImages = 20;
    private const string Allowed = "\"allowed\":true";

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    internal static ImmutableArray<int> Callers { get; } = [1, TargetCallers, 100];

    internal static async Task<ReviewResults> RunAsync()
    {
        await using var folder = TestFolder.Create();
        using var key = SigningKey.Create();
        await using var registry = await TestRegistry.StartAsync();
        var setup = new WebhookSetup
        {
            Policy = Policy(registry.Host, folder.Write("key.pub", key.PublicPem)),
            Keys = ", pin: all",
            Environment = ShippedEnvironment(),
        };
        var starts = await StartAsync(setup);

        await using var webhook = await WebhookProcess.StartAsync(setup);
        await Task.Delay(IdleTime);
        var idle = ProcessUsage.Of(webhook.ProcessId);
        await using var nginx = await NginxProcess.StartTlsAsync(webhook.CertificateFile, webhook.KeyFile);
        using var nodeGateClient = webhook.Client();
        var warm = await SignedAsync(registry, key, "warm", WarmImages);
        var mutate = new ReviewClient(nodeGateClient, "/mutate");
        var validate = new ReviewClient(nodeGateClient, "/validate");
        await mutate.RunAsync(Bodies(warm, i => i.ByTag, WarmImages), 4, "\"patch\":");

        var rounds = new Dictionary<(string Party, ReviewPhase? Phase, int Callers), ImmutableArray<ReviewRound>.Builder>();
        var atTarget = idle;
        foreach (var callers in Callers)
        {
            for (var round = 0; round < Rounds; round++)
            {
                var cold = await SignedAsync(registry, key, $"cold-{round}-{callers}", ColdReviews(callers));
                var byTag = Bodies(warm, i => i.ByTag, WarmReviews(callers));
                // A connection for each: nginx reads no body for a fixed answer, and takes 8 MiB of them for a flood.
                using var nginxClient = webhook.Client(nginx.Port);
                Add(Parties.Nginx, null, callers, await new ReviewClient(nginxClient, "/mutate").RunAsync(byTag, callers, Allowed));
                Add(Parties.NodeGate, ReviewPhase.WarmByTag, callers, await mutate.RunAsync(byTag, callers, "\"patch\":"));
                Add(Parties.NodeGate, ReviewPhase.WarmByDigest, callers, await validate.RunAsync(Bodies(warm, i => i.ByDigest, WarmReviews(callers)), callers, Allowed));
                Add(Parties.NodeGate, ReviewPhase.Cold, callers, await mutate.RunAsync(Bodies(cold, i => i.ByTag, cold.Length), callers, "\"patch\":"));
            }

            if (callers == TargetCallers)
            {
                atTarget = ProcessUsage.Of(webhook.ProcessId);
            }
        }

        return new ReviewResults(
            starts,
            idle,
            atTarget,
            ProcessUsage.Of(webhook.ProcessId),
            [.. rounds.OrderBy(r => r.Key.Callers).ThenBy(r => r.Key.Phase).Select(r => new ReviewSeries(r.Key.Party, r.Key.Phase, r.Key.Callers, r.Value.ToImmutable()))]);

        void Add(string party, ReviewPhase? phase, int callers, ReviewRound round)
        {
            if (!rounds.TryGetValue((party, phase, callers), out var list))
            {
                rounds[(party, phase, callers)] = list = ImmutableArray.CreateBuilder<ReviewRound>();
            }

            list.Add(round);
        }
    }

    /// <summary>The runtime's settings in the manifest: what is measured is what runs in a cluster.</summary>
    private static Dictionary<string, string?> ShippedEnvironment()
    {
        var manifest = File.ReadAllText(Path.Combine(Tools.Repository, "daemonset/webhook/base/deployment.yaml"));
        var found = RuntimeSetting().Matches(manifest).ToDictionary(m => m.Groups[1].Value, m => (string?)m.Groups[2].Value, StringComparer.Ordinal);
        return found.Count > 0 ? found : throw new InvalidOperationException("The manifest has no DOTNET_ settings any more.");
    }

    [GeneratedRegex("""\{name: (DOTNET_[A-Za-z0-9_]+), value: "([^"]*)"\}""", RegexOptions.NonBacktracking)]
    private static partial Regex RuntimeSetting();

    private static int ColdReviews(int callers) => callers == 1 ? 50 : 200;

    private static int WarmReviews(int callers) => callers == 1 ? 500 : 2000;

    private static async Task<ImmutableArray<double>> StartAsync(WebhookSetup setup)
    {
        var times = ImmutableArray.CreateBuilder<double>();
        for (var start = 0; start < Starts; start++)
        {
            var began = Stopwatch.GetTimestamp();
            await using var webhook = WebhookProcess.Launch(setup);
            await webhook.ReadyAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await webhook.KillAsync();
        }

        // The first brings the file into the page cache.
        return [.. times.Skip(1)];
    }

    private static string[] Bodies(ImmutableArray<TaggedImage> images, Func<TaggedImage, string> name, int count) =>
        [.. Enumerable.Range(0, count).Select(number => PodReview.Of(name(images[number % images.Length]), number))];

    private static async Task<ImmutableArray<TaggedImage>> SignedAsync(TestRegistry registry, SigningKey key, string prefix, int count)
    {
        var images = ImmutableArray.CreateBuilder<TaggedImage>(count);
        for (var number = 0; number < count; number++)
        {
            var repository = $"review/{prefix}-{number}";
            var image = await registry.AddImageAsync(repository, "1");
            registry.AddBundle(repository, image, key);
            images.Add(new TaggedImage($"{registry.Host}/{repository}:1", $"{registry.Host}/{repository}:1@{image.Digest}"));
        }

        return images.MoveToImmutable();
    }

    private static string Policy(string registry, string keyFile) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: reviews}
        mode: enforce
        unmatched: deny
        authorities:
          - {name: key, cosign: {keys: [{file: "{{keyFile}}" }] } }
        rules:
          - {name: reviews, images: ["{{registry}}/review/**"], require: key}
        """;

    private sealed record TaggedImage(string ByTag, string ByDigest);
}
