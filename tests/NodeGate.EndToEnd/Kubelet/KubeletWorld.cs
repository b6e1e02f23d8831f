using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>The node of kubelet-observed.md: containerd 2.1, a registry that can be made slow or picky, and NodeGate.</summary>
public sealed class KubeletWorld : IAsyncLifetime
{
    private readonly SigningKey _key = SigningKey.Create();
    private readonly Lazy<Task<Parts>> _parts;
    private int _repositories;

    public KubeletWorld() => _parts = new Lazy<Task<Parts>>(StartAsync);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_parts.IsValueCreated)
        {
            await (await _parts.Value).DisposeAsync();
        }

        _key.Dispose();
    }

    internal async Task<ContainerdProcess> ContainerdAsync() => (await _parts.Value).Containerd;

    internal async Task<TestRegistry> RegistryAsync() => (await _parts.Value).Registry;

    /// <summary>The daemon of tests that leave it as it is.</summary>
    internal async Task<NodeGateProcess> GateAsync() => (await _parts.Value).Gate;

    /// <summary>A daemon of the test's own in front of the same containerd.</summary>
    internal async Task<NodeGateProcess> StartGateAsync(string? policy = null, string extraConfig = "")
    {
        var parts = await _parts.Value;
        return await StartGateAsync(parts.Containerd, policy ?? Policy(parts.Folder, parts.Registry), extraConfig);
    }

    /// <summary>Everything in the registry must be signed, and more rules, indented by two.</summary>
    internal async Task<string> PolicyAsync(string rules)
    {
        var parts = await _parts.Value;
        return Policy(parts.Folder, parts.Registry) + "\n" + rules;
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

    private static Task<NodeGateProcess> StartGateAsync(ContainerdProcess containerd, string policy, string extraConfig = "") =>
        NodeGateProcess.StartAsync(new NodeGateSetup
        {
            Upstream = containerd.SocketPath,
            CertsDir = containerd.CertsDir,
            Policy = policy,
            ExtraConfig = extraConfig,
        });

    private async Task<Parts> StartAsync()
    {
        var folder = TestFolder.Create();
        folder.Write("team.pub", _key.PublicPem);
        var registry = await TestRegistry.StartAsync();
        var containerd = await ContainerdProcess.StartAsync("2.1");
        return new Parts(folder, registry, containerd, await StartGateAsync(containerd, Policy(folder, registry)));
    }

    private sealed record Parts(TestFolder Folder, TestRegistry Registry, ContainerdProcess Containerd, NodeGateProcess Gate)
    {
        internal async ValueTask DisposeAsync()
        {
            await Gate.DisposeAsync();
            await Containerd.DisposeAsync();
            await Registry.DisposeAsync();
            await Folder.DisposeAsync();
        }
    }
}
