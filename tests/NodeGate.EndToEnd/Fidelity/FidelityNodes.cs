using System.Collections.Concurrent;
using NodeGate.EndToEnd.Crash;

namespace NodeGate.EndToEnd.Fidelity;

/// <summary>One registry, and for each version of containerd one node with the real daemon; started with the first test that needs it.</summary>
public sealed class FidelityNodes : IAsyncLifetime
{
    private readonly Lazy<Task<NodeRegistry>> _registry = new(NodeRegistry.StartAsync);
    private readonly ConcurrentDictionary<string, Lazy<Task<FidelityNode>>> _nodes = new(StringComparer.Ordinal);

    public Task InitializeAsync() => Task.CompletedTask;

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

    internal Task<NodeRegistry> RegistryAsync() => _registry.Value;

    /// <summary>The node, with nothing left at its tap of what another test put there.</summary>
    internal async Task<FidelityNode> NodeAsync(string version = "2.1")
    {
        var node = await _nodes.GetOrAdd(version, version => new Lazy<Task<FidelityNode>>(async () => await FidelityNode.StartAsync(version, await _registry.Value))).Value;
        (node.Tap.Answer, node.Tap.Hold) = (null, null);
        return node;
    }
}
