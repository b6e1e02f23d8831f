using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>A node: a containerd, and the daemon that most tests of it share. Tests that change a daemon start one of their own.</summary>
internal sealed class FlowNode : IAsyncDisposable
{
    private FlowNode(ContainerdProcess containerd, NodeGateProcess gate)
    {
        Containerd = containerd;
        Gate = gate;
    }

    internal ContainerdProcess Containerd { get; }

    internal NodeGateProcess Gate { get; }

    internal static async Task<FlowNode> StartAsync(string version, string pauseImage, string policy)
    {
        var containerd = await ContainerdProcess.StartAsync(version, new ContainerdOptions { SandboxImage = pauseImage });
        try
        {
            return new FlowNode(containerd, await StartGateAsync(containerd, policy));
        }
        catch
        {
            await containerd.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more daemon in front of the same containerd, with a policy and a ledger of its own.</summary>
    internal Task<NodeGateProcess> StartGateAsync(string policy, string extraConfig = "") => StartGateAsync(Containerd, policy, extraConfig);

    public async ValueTask DisposeAsync()
    {
        await Gate.DisposeAsync();
        await Containerd.DisposeAsync();
    }

    private static Task<NodeGateProcess> StartGateAsync(ContainerdProcess containerd, string policy, string extraConfig = "") =>
        NodeGateProcess.StartAsync(new NodeGateSetup
        {
            Upstream = containerd.SocketPath,
            CertsDir = containerd.CertsDir,
            Policy = policy,
            ExtraConfig = extraConfig,
        });
}
