using System.Collections.Immutable;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Benchmarks.Relay;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.Benchmarks.Bursts;

/// <summary>Many different images at once, and many pods of a few images: containerd alone, and behind the gate.</summary>
internal static class BurstBench
{
    internal const int Images = 200;
    internal const int Pods = 50;
    internal const int PodImages = 20;
    internal const int Rounds = 2;

    internal static async Task<BurstResults> RunAsync()
    {
        await using var folder = TestFolder.Create();
        using var key = SigningKey.Create();
        await using var registry = await TestRegistry.StartAsync();
        await registry.AddImageAsync("pause", "1", new ImageRecipe { Entrypoint = ["/bin/sleep", "1000000"] });
        var options = new ContainerdOptions { SandboxImage = registry.Host + "/pause:1" };
        await using var alone = await ContainerdProcess.StartAsync("2.1", options);
        await using var gated = await ContainerdProcess.StartAsync("2.1", options);
        await using var nodeGate = await NodeGateProcess.StartAsync(new NodeGateSetup
        {
            Upstream = gated.SocketPath,
            CertsDir = gated.CertsDir,
            Policy = Policy(registry.Host, folder.Write("key.pub", key.PublicPem)),
        });
        using var direct = new BurstNode(Parties.Containerd, alone.SocketPath);
        using var behind = new BurstNode(Parties.NodeGate, nodeGate.SocketPath);
        BurstNode[] nodes = [direct, behind];

        var rounds = new Dictionary<(string Party, BurstPhase Phase), ImmutableArray<BurstRound>.Builder>();
        for (var round = 0; round < Rounds; round++)
        {
            // Turned round each time, so that neither always meets the warmer machine.
            Array.Reverse(nodes);
            var pulled = await SignedAsync(registry, key, $"pulls-{round}", Images);
            var started = await SignedAsync(registry, key, $"pods-{round}", PodImages);
            foreach (var node in nodes)
            {
                Add(node, BurstPhase.ColdPulls, await node.PullAsync(pulled));
                Add(node, BurstPhase.WarmPulls, await node.PullAsync(pulled));
                Add(node, BurstPhase.ColdPods, await node.StartPodsAsync($"cold-{round}", Pods, started));
                Add(node, BurstPhase.WarmPods, await node.StartPodsAsync($"warm-{round}", Pods, started));
            }
        }

        return new BurstResults(
            [.. rounds.OrderBy(r => r.Key.Phase).ThenBy(r => r.Key.Party, StringComparer.Ordinal).Select(r => new BurstSeries(r.Key.Party, r.Key.Phase, r.Value.ToImmutable()))],
            ProcessUsage.Of(nodeGate.ProcessId));

        void Add(BurstNode node, BurstPhase phase, BurstRound round)
        {
            if (!rounds.TryGetValue((node.Party, phase), out var list))
            {
                rounds[(node.Party, phase)] = list = ImmutableArray.CreateBuilder<BurstRound>();
            }

            list.Add(round);
            Console.WriteLine($"  round {list.Count} of {Rounds}, {node.Party}: {phase} in {round.TotalMs / 1000:0.0} s");
        }
    }

    private static async Task<ImmutableArray<string>> SignedAsync(TestRegistry registry, SigningKey key, string prefix, int count)
    {
        var images = ImmutableArray.CreateBuilder<string>(count);
        for (var number = 0; number < count; number++)
        {
            var repository = $"burst/{prefix}-{number}";
            registry.AddBundle(repository, await registry.AddImageAsync(repository, "1"), key);
            images.Add($"{registry.Host}/{repository}:1");
        }

        return images.MoveToImmutable();
    }

    private static string Policy(string registry, string keyFile) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: burst}
        mode: enforce
        unmatched: deny
        authorities:
          - {name: key, cosign: {keys: [{file: "{{keyFile}}" }] } }
        rules:
          - {name: burst, images: ["{{registry}}/burst/**"], require: key}
        """;
}
