using System.Collections.Concurrent;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.EndToEnd.Flows;

/// <summary>Registries, keys, signed images and one node for each version of containerd, made when a test first asks and shared by all flows.</summary>
public sealed class FlowWorld : IAsyncLifetime
{
    private readonly Lazy<Task<Shared>> _shared = new(Shared.StartAsync);
    private readonly ConcurrentDictionary<(string Registry, int Cosign), Lazy<Task<Corpus>>> _corpora = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<FlowNode>>> _nodes = new(StringComparer.Ordinal);
    private int _repositories;

    /// <summary>Signs in this process; known to policies made by <see cref="PolicyAsync"/> as <c>team</c>.</summary>
    internal SigningKey Team { get; } = SigningKey.Create();

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

        Team.Dispose();
    }

    internal async Task<FlowKeys> KeysAsync() => (await _shared.Value).Keys;

    /// <summary>cosign 2 or 3, with a home of its own.</summary>
    internal async Task<Cosign> CosignAsync(int major) => (await _shared.Value).Cosign(major);

    /// <summary>The registry with the referrers API, in this process.</summary>
    internal async Task<TestRegistry> RegistryAsync() => (await _shared.Value).Own;

    internal async Task<DockerRegistryProcess> DockerRegistryAsync() => (await _shared.Value).Docker;

    /// <summary>A repository name that no other test uses.</summary>
    internal string NewRepository() => $"team/app-{Interlocked.Increment(ref _repositories)}";

    /// <summary>A rule that wants a signature of <see cref="Team"/> for everything in <see cref="RegistryAsync"/>, and more rules.</summary>
    internal async Task<string> PolicyAsync(string rules = "", string head = "") =>
        FlowPolicy.Team((await _shared.Value).File("team.pub", Team.PublicPem), (await RegistryAsync()).Host, rules, head);

    /// <param name="registry">One of <see cref="FlowData"/>'s registries.</param>
    /// <param name="cosign">2 or 3.</param>
    internal Task<Corpus> CorpusAsync(string registry, int cosign) => _corpora.GetOrAdd((registry, cosign), key => new Lazy<Task<Corpus>>(async () =>
    {
        var shared = await _shared.Value;
        return await Corpus.MakeAsync(shared.Prefix(key.Registry, key.Cosign), shared.Cosign(key.Cosign), shared.Keys);
    })).Value;

    internal Task<FlowNode> NodeAsync(string version) => _nodes.GetOrAdd(version, key => new Lazy<Task<FlowNode>>(async () =>
    {
        var shared = await _shared.Value;
        return await FlowNode.StartAsync(key, shared.Pause, shared.Policy());
    })).Value;

    /// <summary>The policy of the shared nodes, as a file.</summary>
    internal async Task<string> PolicyFileAsync()
    {
        var shared = await _shared.Value;
        return shared.File("flows.yaml", shared.Policy());
    }

    private sealed record Shared(
        TestFolder Folder, FlowKeys Keys, DockerRegistryProcess Docker, string Pause, TestRegistry Own, Cosign Cosign2, Cosign Cosign3)
    {
        internal static async Task<Shared> StartAsync()
        {
            var folder = TestFolder.Create();
            var cosign3 = NodeGate.Testing.RealParts.Cosign.Version(3);
            var docker = await DockerRegistryProcess.StartAsync();
            return new Shared(
                folder,
                await FlowKeys.MakeAsync(cosign3, folder.Path),
                docker,
                await Crane.MakePauseImageAsync(docker.Host),
                await TestRegistry.StartAsync(),
                NodeGate.Testing.RealParts.Cosign.Version(2),
                cosign3);
        }

        internal Cosign Cosign(int major) => major == 2 ? Cosign2 : Cosign3;

        internal string Prefix(string registry, int cosign) => $"{(registry == FlowData.Fallback ? Docker.Host : Own.Host)}/cosign{cosign}";

        internal string Policy() => FlowPolicy.Corpora(Keys, [.. FlowData.Signings().Select(signing => Prefix(signing.Registry, signing.Cosign))]);

        internal string File(string name, string text) => Folder.Write(name, text);

        internal async ValueTask DisposeAsync()
        {
            await Docker.DisposeAsync();
            await Own.DisposeAsync();
            await Cosign2.DisposeAsync();
            await Cosign3.DisposeAsync();
            await Folder.DisposeAsync();
        }
    }
}
