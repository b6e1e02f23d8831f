using System.Collections.Concurrent;
using NodeGate.EndToEnd.Flows;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.EndToEnd.Containers;

/// <summary>Nodes that run pods, with NodeGate as both endpoints of the kubelet: two tenants, a shared registry, a key.</summary>
public sealed class ContainersWorld : IAsyncLifetime
{
    /// <summary>What the pause image is called in each registry of these tests.</summary>
    internal const string PauseRepository = "sys/pause";

    private readonly SigningKey _key = SigningKey.Create();
    private readonly TestFolder _folder = TestFolder.Create();
    private readonly Lazy<Task<TestRegistry>> _registry = new(StartRegistryAsync);
    private readonly ConcurrentDictionary<string, Lazy<Task<FlowNode>>> _nodes = new(StringComparer.Ordinal);
    private int _repositories;

    public Task InitializeAsync()
    {
        _folder.Write("team.pub", _key.PublicPem);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await (await node.Value).DisposeAsync();
        }

        if (_registry.IsValueCreated)
        {
            await (await _registry.Value).DisposeAsync();
        }

        await _folder.DisposeAsync();
        _key.Dispose();
    }

    /// <summary>A registry that has the pause image, unsigned.</summary>
    internal static async Task<TestRegistry> StartRegistryAsync()
    {
        var registry = await TestRegistry.StartAsync();
        await registry.AddImageAsync(PauseRepository, "1", new ImageRecipe { Seed = "pause", Entrypoint = ["/bin/sleep", "1000000"] });
        return registry;
    }

    internal Task<TestRegistry> RegistryAsync() => _registry.Value;

    /// <summary>The node of tests that leave it as it is.</summary>
    internal Task<FlowNode> NodeAsync(string version) => _nodes.GetOrAdd(version, key => new Lazy<Task<FlowNode>>(async () =>
        await StartNodeAsync(key, await RegistryAsync()))).Value;

    /// <summary>A node of the test's own. <paramref name="more"/> is YAML at the end of its policy.</summary>
    internal Task<FlowNode> StartNodeAsync(string version, TestRegistry registry, string more = "") =>
        FlowNode.StartAsync(version, $"{registry.Host}/{PauseRepository}:1", Policy(registry, more));

    /// <summary>An image as <c>host/area/app-N</c>, tagged <c>1</c>, signed unless said otherwise.</summary>
    internal async Task<(string Name, Descriptor Image)> PushAsync(string area, bool isSigned = true, TestRegistry? registry = null)
    {
        registry ??= await RegistryAsync();
        var repository = $"{area}/app-{Interlocked.Increment(ref _repositories)}";
        var image = await registry.AddImageAsync(repository, "1", new ImageRecipe { User = "1000" });
        if (isSigned)
        {
            registry.AddBundle(repository, image, _key);
        }

        return ($"{registry.Host}/{repository}", image);
    }

    /// <summary>Another image in the repository of <paramref name="name"/>, unsigned; returns its name with the tag <c>evil</c>.</summary>
    internal static async Task<string> PushBesideAsync(TestRegistry registry, string name)
    {
        await registry.AddImageAsync(name[(registry.Host.Length + 1)..], "evil", new ImageRecipe { User = "1000" });
        return name + ":evil";
    }

    internal void Sign(TestRegistry registry, string repository, Descriptor image) => registry.AddBundle(repository, image, _key);

    /// <summary>Each tenant's images in its own namespace, what is shared in all, what is watched in audit mode; the pause image is signed like the rest.</summary>
    internal string Policy(TestRegistry registry, string more = "") => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: containers}
        unmatched: deny
        authorities:
          - name: team
            cosign: {keys: [{file: "{{_folder.At("team.pub")}}"}]}
        rules:
          - {name: tenant-a, images: ["{{registry.Host}}/a/**"], namespaces: {include: [prod-a]}, require: {anyOf: [team]} }
          - {name: shared, images: ["{{registry.Host}}/shared/**"], require: {anyOf: [team]} }
          - {name: watched, images: ["{{registry.Host}}/watched/**"], require: {anyOf: [team]}, mode: audit}
          - {name: pause, images: ["{{registry.Host}}/{{PauseRepository}}"], require: {anyOf: [team]} }
        {{more}}
        """;
}
