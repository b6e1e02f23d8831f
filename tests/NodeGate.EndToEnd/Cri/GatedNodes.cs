using System.Collections.Concurrent;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Cri;

/// <summary>One registry and one node for each version of containerd, shared by the tests of a class; each test has repositories of its own.</summary>
public sealed class GatedNodes : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<GatedNode>>> _nodes = new(StringComparer.Ordinal);
    private readonly Lazy<Task<DockerRegistryProcess>> _registry = new(DockerRegistryProcess.StartAsync);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A repository of its own in the registry: <c>127.0.0.1:PORT/NAME</c>.</summary>
    public async Task<string> NewRepositoryAsync() => $"{(await _registry.Value).Host}/app-{Guid.NewGuid():N}";

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
    }

    internal Task<GatedNode> NodeAsync(string version) =>
        _nodes.GetOrAdd(version, static version => new Lazy<Task<GatedNode>>(() => GatedNode.StartAsync(version))).Value;
}
