using System.Collections.Concurrent;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>The nodes of kubelet-observed.md, with each containerd: a registry that can be made slow or picky, and NodeGate.</summary>
public sealed class KubeletWorld : IAsyncLifetime
{
    private readonly SigningKey _key = SigningKey.Create();
    private readonly Lazy<Task<Shared>> _shared;
    private readonly ConcurrentDictionary<string, Lazy<Task<Node>>> _nodes = new(StringComparer.Ordinal);
    private int _repositories;

    public KubeletWorld() => _shared = new Lazy<Task<Shared>>(ShareAsync);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await (await node.Value).DisposeAsync();
        }

        if (_shared.IsValueCreated)
        {
            await (await _shared.Value).DisposeAsync();
        }

        _key.Dispose();
    }

    internal async Task<ContainerdProcess> ContainerdAsync(string version) => (await NodeAsync(version)).Containerd;

    /// <summary>The daemon of tests that leave it as it is.</summary>
    internal async Task<NodeGateProcess> GateAsync(string version) => (await NodeAsync(version)).Gate;

    internal async Task<TestRegistry> RegistryAsync() => (await _shared.Value).Registry;

    /// <summary>A daemon of the test's own in front of the same containerd.</summary>
    internal async Task<NodeGateProcess> StartGateAsync(string version, string? policy = null) =>
        await StartGateAsync((await NodeAsync(version)).Containerd, policy ?? await PolicyAsync(""));

    /// <summary>Everything in the registry must be signed, and more rules, indented by two.</summary>
    internal async Task<string> PolicyAsync(string rules)
    {
        var shared = await _shared.Value;
        return Policy(shared.Folder, shared.Registry) + "\n" + rules;
    }

    /// <summary>An image in a repository of its own, signed unless said otherwise; returns <c>host/repository</c> and what the tag <c>latest</c> is.</summary>
    internal async Task<(string Name, Descriptor Image)> PushAsync(bool isSigned = true, ImageRecipe? recipe = null)
    {
        var registry = await RegistryAsync();
        var repository = $"kubelet/app-{Interlocked.Increment(ref _repositories)}";
        var image = await registry.AddImageAsync(repository, "latest", recipe ?? new ImageRecipe { User = "1000" });
        if (isSigned)
        {
            registry.AddBundle(repository, image, _key);
        }

        return ($"{registry.Host}/{repository}", image);
    }

    /// <summary>Signs an image of another registry with the key that the policy names.</summary>
    internal void Sign(TestRegistry registry, string repository, Descriptor image) => registry.AddBundle(repository, image, _key);

    private static string Policy(TestFolder folder, TestRegistry registry) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: kubelet}
        unmatched: deny
        authorities:
          - name: team
            cosign: {keys: [{file: "{{folder.At("team.pub")}}"}]}
        rules:
          - {name: team, images: ["{{registry.Host}}/**"], require: {anyOf: [team]} }
        """;

    private static Task<NodeGateProcess> StartGateAsync(ContainerdProcess containerd, string policy) => NodeGateProcess.StartAsync(new NodeGateSetup
    {
        Upstream = containerd.SocketPath,
        CertsDir = containerd.CertsDir,
        Policy = policy,
    });

    private Task<Node> NodeAsync(string version) => _nodes.GetOrAdd(version, key => new Lazy<Task<Node>>(async () =>
    {
        var policy = await PolicyAsync("");
        var containerd = await ContainerdProcess.StartAsync(key);
        return new Node(containerd, await StartGateAsync(containerd, policy));
    })).Value;

    private async Task<Shared> ShareAsync()
    {
        var folder = TestFolder.Create();
        folder.Write("team.pub", _key.PublicPem);
        return new Shared(folder, await TestRegistry.StartAsync());
    }

    private sealed record Shared(TestFolder Folder, TestRegistry Registry)
    {
        internal async ValueTask DisposeAsync()
        {
            await Registry.DisposeAsync();
            await Folder.DisposeAsync();
        }
    }

    private sealed record Node(ContainerdProcess Containerd, NodeGateProcess Gate)
    {
        internal async ValueTask DisposeAsync()
        {
            await Gate.DisposeAsync();
            await Containerd.DisposeAsync();
        }
    }
}
