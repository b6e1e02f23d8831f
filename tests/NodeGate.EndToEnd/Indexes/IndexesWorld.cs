using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Indexes;

/// <summary>Index images of two platforms, made by crane and signed by cosign; nodes that take an index's signature, or also its image's.</summary>
public sealed class IndexesWorld : IAsyncLifetime
{
    /// <summary>Repositories under the default rule.</summary>
    internal const string Plain = "plain";

    /// <summary>Repositories under a rule with <c>platform: verify</c>.</summary>
    internal const string Platform = "platform";

    private readonly TestFolder _folder = TestFolder.Create();
    private readonly ConcurrentDictionary<int, Cosign> _cosigns = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<FlowNode>>> _nodes = new(StringComparer.Ordinal);
    private readonly Lazy<Task<CosignKeyPair>> _key;
    private readonly Lazy<Task<TestRegistry>> _registry = new(() => TestRegistry.StartAsync());
    private int _repositories;

    public IndexesWorld() => _key = new Lazy<Task<CosignKeyPair>>(() => Cosign(3).GenerateKeyPairAsync("team", _folder.Path));

    private static string OtherPlatform => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux/amd64" : "linux/arm64";

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

        foreach (var cosign in _cosigns.Values)
        {
            await cosign.DisposeAsync();
        }

        await _folder.DisposeAsync();
    }

    internal Task<TestRegistry> RegistryAsync() => _registry.Value;

    internal Task<CosignKeyPair> KeyAsync() => _key.Value;

    internal Cosign Cosign(int major) => _cosigns.GetOrAdd(major, m => NodeGate.Testing.RealParts.Cosign.Version(m));

    internal Task<FlowNode> NodeAsync(string version) => _nodes.GetOrAdd(version, key => new Lazy<Task<FlowNode>>(async () =>
    {
        var registry = await RegistryAsync();
        return await FlowNode.StartAsync(key, await Crane.MakePauseImageAsync(registry.Host), await PolicyAsync(registry.Host));
    })).Value;

    /// <summary>The two rules of this world for a registry, and more rules, indented by two.</summary>
    internal async Task<string> PolicyAsync(string host, string more = "") => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: indexes}
        unmatched: deny
        authorities:
          - name: team
            cosign: {keys: [{file: "{{(await KeyAsync()).PublicKey}}"}]}
        rules:
          - {name: plain, images: ["{{host}}/{{Plain}}/**"], require: {anyOf: [team]} }
          - {name: platform, images: ["{{host}}/{{Platform}}/**"], require: {anyOf: [team]}, platform: verify}
        {{more}}
        """;

    internal async Task<IndexImage> PushAsync(string area, int cosign, Signed signed)
    {
        var name = NewName(area, (await RegistryAsync()).Host);
        var own = await MakeImageAsync(name + ":own");
        await Crane.MutateAsync(name + ":own", name + ":other", "--set-platform", OtherPlatform);
        var image = new IndexImage(name, await AppendAsync(name, "own", "other"), own, await Crane.DigestAsync(name + ":other"));
        switch (signed)
        {
            case Signed.Index:
                await SignAsync(cosign, image.ByDigest);
                break;
            case Signed.OwnImage:
                await SignAsync(cosign, image.OwnByDigest);
                break;
            case Signed.Recursively:
                await SignAsync(cosign, image.ByDigest, "--recursive");
                break;
        }

        return image;
    }

    internal string NewName(string area, string host) => $"{host}/{area}/app-{Interlocked.Increment(ref _repositories)}";

    internal static Task<string> MakeImageAsync(string reference) => Crane.MakeBusyboxImageAsync(reference, new ImageRecipe { User = "1000" });

    /// <summary>An index with the tag <c>1</c> of images that are there; returns its digest.</summary>
    internal static async Task<string> AppendAsync(string name, params IEnumerable<string> tags)
    {
        (await Crane.RunAsync(["index", "append", .. tags.SelectMany(tag => (string[])["-m", $"{name}:{tag}"]), "-t", name + ":1"])).EnsureSuccess();
        return await Crane.DigestAsync(name + ":1");
    }

    internal async Task SignAsync(int cosign, string reference, params IEnumerable<string> arguments) =>
        await Cosign(cosign).SignAsync(reference, await KeyAsync(), arguments);

    /// <summary>Takes everything but the images from the registry.</summary>
    internal async Task RemoveSignaturesAsync(IndexImage image)
    {
        var registry = await RegistryAsync();
        var repository = image.Name[(registry.Host.Length + 1)..];
        string[] kept = [image.Digest, image.Own, image.Other];
        var doomed = registry.Store.Manifests.Keys.Where(key => key.Repository == repository && !kept.Contains(key.Digest.ToString(), StringComparer.Ordinal)).ToList();
        Assert.NotEmpty(doomed);
        Assert.All(doomed, key => Assert.True(registry.Store.DeleteManifest(key.Repository, key.Digest)));
    }

}
