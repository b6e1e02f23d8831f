using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using NodeGate.Benchmarks.Bundles;
using NodeGate.Benchmarks.Bursts;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Decisions;
using NodeGate.Benchmarks.Relay;
using NodeGate.Benchmarks.Report;
using NodeGate.Benchmarks.Reviews;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks;

/// <summary>The order of the measurements, on one daemon that lives from the idle measurement to the end.</summary>
internal static class Bench
{
    private const int ImagesNear = 5;
    private const int ImagesFar = 2;

    /// <summary>What a registry in another town is away. It also lets requests that are sent together be seen as such.</summary>
    internal static readonly TimeSpan Far = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private static readonly ImmutableArray<(SignatureFormat Format, int Keys)> Cases =
    [
        (SignatureFormat.Legacy, 1), (SignatureFormat.Legacy, Signer.ManyKeys), (SignatureFormat.Bundle, 1), (SignatureFormat.Bundle, Signer.ManyKeys),
    ];

    internal static async Task<BenchResults> RunAsync()
    {
        var binary = await PublishedBinary.EnsureAsync();
        var began = Stopwatch.GetTimestamp();
        var loadBefore = LoadAverage();
        await using var registry = await CountingRegistry.StartAsync();
        var metricsPort = Probe.FreePort();
        await using var containerd = await ContainerdProcess.StartAsync("2.1", new ContainerdOptions
        {
            ExtraConfig = ContainerdCallCounter.Config(metricsPort),
        });
        await using var signer = await Signer.CreateAsync(registry.Host);
        var setup = new NodeGateSetup { Upstream = containerd.SocketPath, CertsDir = containerd.CertsDir, Policy = signer.Policy };

        Console.WriteLine("Measuring the start …");
        var starts = await StartBench.RunAsync(setup);

        Console.WriteLine($"Measuring {IdleTime.TotalSeconds} s of idling; signing the images meanwhile …");
        await using var nodeGate = await NodeGateProcess.StartAsync(setup);
        var idling = UsageAfterIdlingAsync(nodeGate);
        var near = await ImagesAsync(signer, ImagesNear);
        var far = await ImagesAsync(signer, ImagesFar);
        var first = await signer.ImageAsync(SignatureFormat.Bundle, keys: 1);
        var idle = await idling;

        Console.WriteLine("Measuring the relay …");
        var relay = await RelayAsync(containerd, nodeGate, metricsPort);
        var afterLoad = await UsageAfterIdlingAsync(nodeGate);

        Console.WriteLine("Measuring decisions …");
        var bench = new DecisionBench(nodeGate, registry);
        var decisions = ImmutableArray.CreateBuilder<DecisionSeries>();
        using var cri = nodeGate.Cri();
        registry.Delay = Far;
        var firstDecision = await bench.PullAsync(cri, first.ByTag);
        for (var index = 0; index < Cases.Length; index++)
        {
            decisions.AddRange(await bench.RunAsync(Cases[index].Format, Cases[index].Keys, TimeSpan.Zero, near[index]));
            decisions.AddRange(await bench.RunAsync(Cases[index].Format, Cases[index].Keys, Far, far[index]));
        }

        Console.WriteLine("Measuring nodegate verify and cosign verify …");
        var verify = ImmutableArray.CreateBuilder<VerifySeries>();
        foreach (var delay in new[] { TimeSpan.Zero, Far })
        {
            verify.AddRange(await VerifyBench.RunAsync(signer, registry, SignatureFormat.Legacy, delay, near[0][0]));
            verify.AddRange(await VerifyBench.RunAsync(signer, registry, SignatureFormat.Bundle, delay, near[2][0]));
        }

        Console.WriteLine("Measuring bursts …");
        var bursts = await BurstBench.RunAsync();

        Console.WriteLine("Measuring reviews …");
        var reviews = await ReviewBench.RunAsync();

        Console.WriteLine("Measuring bundles …");
        var bundles = await BundleBench.RunAsync();

        return new BenchResults
        {
            Time = TimeProvider.System.GetUtcNow(),
            Binary = binary,
            StartsMs = starts,
            Idle = idle,
            AfterLoad = afterLoad,
            AtTheEnd = ProcessUsage.Of(nodeGate.ProcessId),
            Relay = relay,
            FirstDecision = firstDecision,
            Decisions = decisions.ToImmutable(),
            Verify = verify.ToImmutable(),
            Bursts = bursts,
            Reviews = reviews,
            Bundles = bundles,
            Duration = Stopwatch.GetElapsedTime(began),
            LoadAverage = (loadBefore, LoadAverage()),
        };
    }

    private static async Task<ImmutableArray<RelaySeries>> RelayAsync(ContainerdProcess containerd, NodeGateProcess nodeGate, int metricsPort)
    {
        using var counter = new ContainerdCallCounter(metricsPort);
        await using var nginx = await NginxProcess.StartAsync(containerd.SocketPath);
        return await RelayBench.RunAsync(
            [
                new RelayParty(Parties.Containerd, containerd.SocketPath, containerd.ProcessId),
                new RelayParty(Parties.Nginx, nginx.SocketPath, nginx.ProcessId),
                new RelayParty(Parties.NodeGate, nodeGate.SocketPath, nodeGate.ProcessId),
            ],
            counter);
    }

    private static async Task<ImmutableArray<ImmutableArray<SignedImage>>> ImagesAsync(Signer signer, int count)
    {
        var images = ImmutableArray.CreateBuilder<ImmutableArray<SignedImage>>();
        foreach (var (format, keys) in Cases)
        {
            images.Add(await signer.ImagesAsync(format, keys, count));
        }

        return images.ToImmutable();
    }

    private static async Task<ProcessUsage> UsageAfterIdlingAsync(NodeGateProcess nodeGate)
    {
        await Task.Delay(IdleTime);
        return ProcessUsage.Of(nodeGate.ProcessId);
    }

    private static double LoadAverage() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
