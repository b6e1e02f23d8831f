using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Testing.Files;
using NodeGate.Testing.Kubernetes;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Tests.Kubernetes;

/// <summary>An API server and a client in a pod of its cluster.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();

    private Cluster(ApiServer server, TimeProvider time)
    {
        Server = server;
        Mount = server.WriteMount(_folder.At("mount"));
        Client = Connect(server.Url, time);
    }

    internal ApiServer Server { get; }

    internal string Mount { get; }

    internal KubernetesClient Client { get; }

    internal static async Task<Cluster> StartAsync(TimeProvider? time = null, bool tls = true) =>
        new(await ApiServer.StartAsync(tls), time ?? TimeProvider.System);

    internal KubernetesClient Connect(string url, TimeProvider? time = null)
    {
        Assert.True(KubernetesOptions.TryAt(url, Mount, out var options, out var error), error);
        return new KubernetesClient(options, time ?? TimeProvider.System, NullLogger<KubernetesClient>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
