using NodeGate.EndToEnd.Flows;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Availability;

/// <summary>Two hundred pulls at once of a registry that accepts and never answers, on the one connection that a kubelet has.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class BurstTests(FlowWorld world)
{
    private const int Burst = 200;

    /// <summary>What hangs is given up after 60 seconds (GateOptions), so an answer within this time did not wait for it.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(20);

    [RealPartFact("root", "containerd-2.1", "runc", "docker-registry", "crane", "busybox", "nodegate")]
    public async Task PullImage_TwoHundredOfARegistryThatHangs_OneOfAnotherRegistryIsNotHeldUp()
    {
        await using var hanging = await TestRegistry.StartAsync();
        hanging.Intercept = async context =>
        {
            await HostileRegistry.Silence()(context);
            return true;
        };
        var registry = await world.RegistryAsync();
        var repository = world.NewRepository();
        var image = await registry.AddImageAsync(repository, "1", new ImageRecipe { User = "1000" });
        registry.AddBundle(repository, image, world.Team);
        var name = $"{registry.Host}/{repository}:1";
        var node = await world.NodeAsync("2.1");
        await using var gate = await node.StartGateAsync(await world.PolicyAsync(
            $"  - {{name: hanging, images: [\"{hanging.Host}/**\"], require: {{anyOf: [team]}}}}"));
        Task<CriReply>[] burst;
        using (var cri = gate.Cri())
        {
            burst = [.. Enumerable.Range(0, Burst).Select(i => cri.TryPullImageAsync(
                i % 2 == 0 ? $"{hanging.Host}/app-{i}:1" : $"{hanging.Host}/app-{i}@{Digest.Of(BitConverter.GetBytes(i))}"))];
            await Eventually.TrueAsync("the registry that hangs is asked", () => Task.FromResult(hanging.Requests.Count > 0));

            var pulled = await cri.PullImageAsync(name).WaitAsync(AtOnce);

            Assert.Equal(pulled, (await cri.ImageStatusAsync(name).WaitAsync(AtOnce))?.Id);
            Assert.All(burst, pull => Assert.False(pull.IsCompleted));
            await gate.StopAsync();
        }

        foreach (var pull in burst)
        {
            await Record.ExceptionAsync(() => pull);
        }
    }
}
