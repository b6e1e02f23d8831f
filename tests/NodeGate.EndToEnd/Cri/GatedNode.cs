using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy;
using NodeGate.CriProxy.Tests.Cri;
using NodeGate.Gate;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Cri;

/// <summary>A real containerd with the edge in front of it, as on a node, and a scripted gate behind the edge.</summary>
internal sealed class GatedNode : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly CriProxyServer _server;

    private GatedNode(TestFolder folder, ContainerdProcess containerd, ScriptedGate gate, CriProxyServer server)
    {
        _folder = folder;
        Containerd = containerd;
        Gate = gate;
        _server = server;
    }

    public ContainerdProcess Containerd { get; }

    public ScriptedGate Gate { get; }

    public static async Task<GatedNode> StartAsync(string version)
    {
        var containerd = await ContainerdProcess.StartAsync(version);
        var folder = TestFolder.Create();
        var gate = new ScriptedGate();
        var options = new CriProxyOptions { Listen = folder.At("g.sock"), Upstream = containerd.SocketPath };
        var server = new CriProxyServer(options, gate, new PolicyHolder(Policies.Observe), TimeProvider.System, NullLoggerFactory.Instance);
        await server.StartAsync(CancellationToken.None);
        return new GatedNode(folder, containerd, gate, server);
    }

    /// <summary>A client of the edge's socket.</summary>
    public CriClient Cri(string api = "runtime.v1") => new(_folder.At("g.sock"), api);

    /// <summary>The digest that containerd's own record of <paramref name="name"/> points at.</summary>
    public async Task<string?> TargetOfAsync(string name)
    {
        // REF TYPE DIGEST SIZE …
        var lines = (await Containerd.CtrAsync("images", "ls")).EnsureSuccess().Text.Split('\n');
        return lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(columns => columns[0] == name).Select(columns => columns[2]).FirstOrDefault();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DrainAsync(TimeSpan.FromSeconds(5));
        await _server.DisposeAsync();
        await Containerd.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
