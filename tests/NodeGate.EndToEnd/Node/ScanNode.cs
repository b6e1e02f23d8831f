using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Node;

/// <summary>A node that ran without NodeGate: a containerd of its own with images of every kind on it, and a registry that can be switched off.</summary>
internal sealed class ScanNode : IAsyncDisposable
{
    private readonly FlowWorld _world;
    private readonly TestFolder _folder;
    private readonly TestRegistry _registry;
    private readonly DockerRegistryProcess _privateRegistry;
    private int _pushed;

    private ScanNode(FlowWorld world, TestFolder folder, TestRegistry registry, DockerRegistryProcess privateRegistry, ContainerdProcess containerd)
    {
        _world = world;
        _folder = folder;
        _registry = registry;
        _privateRegistry = privateRegistry;
        Containerd = containerd;
    }

    internal ContainerdProcess Containerd { get; }

    internal string SandboxImage { get; private init; } = "";

    internal string Signed { get; private set; } = "";

    internal string Unsigned { get; private set; } = "";

    /// <summary>Unsigned, and no container uses it.</summary>
    internal string Unused { get; private set; } = "";

    /// <summary>The names of an unsigned image, one of them given by hand: another tag of the signed image's repository.</summary>
    internal string[] Smuggled { get; private set; } = [];

    /// <summary>In a registry that wants a password, which nobody has any more.</summary>
    internal string Private { get; private set; } = "";

    internal static async Task<ScanNode> StartAsync(FlowWorld world, string version)
    {
        var pause = await Crane.MakePauseImageAsync((await world.DockerRegistryAsync()).Host);
        var node = new ScanNode(
            world,
            TestFolder.Create(),
            await TestRegistry.StartAsync(),
            await DockerRegistryProcess.StartAsync(new DockerRegistryOptions { BasicAuth = true }),
            await ContainerdProcess.StartAsync(version, new ContainerdOptions { SandboxImage = pause }))
        {
            SandboxImage = pause,
        };
        await node.FillAsync();
        return node;
    }

    /// <summary>An image in a repository of its own.</summary>
    internal async Task<string> PushAsync(bool isSigned)
    {
        var repository = $"node/app-{Interlocked.Increment(ref _pushed)}";
        var image = await _registry.AddImageAsync(repository, "1");
        if (isSigned)
        {
            _registry.AddBundle(repository, image, _world.Team);
        }

        return $"{_registry.Host}/{repository}:1";
    }

    /// <summary>A running container, made without NodeGate.</summary>
    internal async Task RunAsync(string image, CriPod pod)
    {
        using var cri = Containerd.Cri();
        var sandbox = await cri.RunPodSandboxAsync(pod);
        var id = (await cri.ImageStatusAsync(image))!.Id;
        await cri.StartContainerAsync(await cri.CreateContainerAsync(sandbox, pod, "app", id, image));
    }

    internal Task<NodeGateProcess> StartGateAsync() => NodeGateProcess.StartAsync(new NodeGateSetup
    {
        Upstream = Containerd.SocketPath,
        CertsDir = Containerd.CertsDir,
        Policy = $$"""
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: scanned}
            unmatched: allow
            authorities:
              - name: team
                cosign: {keys: [{file: "{{_folder.Write("team.pub", _world.Team.PublicPem)}}"}]}
            rules:
              - {name: team, images: ["{{_registry.Host}}/**", "{{_privateRegistry.Host}}/**"], require: {anyOf: [team]} }
            """,
    });

    internal async Task StopRegistryAsync()
    {
        await _registry.DisposeAsync();
        await _privateRegistry.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Containerd.DisposeAsync();
        await StopRegistryAsync();
        await _folder.DisposeAsync();
    }

    private async Task FillAsync()
    {
        Signed = await PushAsync(isSigned: true);
        Unsigned = await PushAsync(isSigned: false);
        Unused = await PushAsync(isSigned: false);
        Private = _privateRegistry.Host + "/private:1";
        var account = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{DockerRegistryProcess.UserName}:{DockerRegistryProcess.Password}"));
        _folder.Write("config.json", $"{{\"auths\":{{\"{_privateRegistry.Host}\":{{\"auth\":\"{account}\"}}}}}}");
        await Crane.MakeBusyboxImageAsync(Private, new ImageRecipe(), _folder.Path);
        using var cri = Containerd.Cri();
        foreach (var image in (string[])[Signed, Unsigned, Unused])
        {
            await cri.PullImageAsync(image);
        }

        await cri.PullImageAsync(Private, null, DockerRegistryProcess.UserName, DockerRegistryProcess.Password);
        var hidden = await PushAsync(isSigned: false);
        await cri.PullImageAsync(hidden);
        Smuggled = [hidden, Signed + "-new"];
        (await Containerd.CtrAsync("images", "tag", hidden, Smuggled[1])).EnsureSuccess();
        await Eventually.FoundAsync($"containerd shows {Smuggled[1]}", () => cri.ImageStatusAsync(Smuggled[1]));
    }
}
