using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>Images in real registries, signed by real cosign, one for each state that an image can be in, and one policy about all of them.</summary>
internal sealed class WebhookImages : IAsyncDisposable
{
    private readonly TestFolder _folder = TestFolder.Create();
    private readonly Cosign _cosign3 = Cosign.Version(3);
    private readonly Cosign _cosign2 = Cosign.Version(2);
    private readonly SemaphoreSlim _room = new(3);
    private DockerRegistryProcess _open = null!;
    private DockerRegistryProcess _closed = null!;
    private FlowKeys _keys = null!;
    private int _repositories;

    private WebhookImages()
    {
    }

    internal FlowImage Signed { get; private set; } = null!;

    internal FlowImage SignedByCosign2 { get; private set; } = null!;

    internal FlowImage Unsigned { get; private set; } = null!;

    internal FlowImage WrongKey { get; private set; } = null!;

    /// <summary>The digest is the signed one; the tag was moved to another since.</summary>
    internal FlowImage Moved { get; private set; } = null!;

    internal string MovedTo { get; private set; } = "";

    internal FlowImage Index { get; private set; } = null!;

    internal FlowImage Free { get; private set; } = null!;

    internal FlowImage Never { get; private set; } = null!;

    internal FlowImage Unmatched { get; private set; } = null!;

    internal FlowImage Audited { get; private set; } = null!;

    internal FlowImage Exempt { get; private set; } = null!;

    internal FlowImage DigestRequired { get; private set; } = null!;

    internal FlowImage Tenant { get; private set; } = null!;

    internal FlowImage Private { get; private set; } = null!;

    /// <summary>A registry that nobody serves.</summary>
    internal string Down { get; } = "127.0.0.1:" + Probe.FreePort();

    internal string Host => _open.Host;

    internal string PrivateHost => _closed.Host;

    internal CosignKeyPair Key => _keys.Release;

    internal string Policy { get; private set; } = "";

    internal static async Task<WebhookImages> MakeAsync()
    {
        var images = new WebhookImages();
        try
        {
            await images.FillAsync();
            return images;
        }
        catch
        {
            await images.DisposeAsync();
            throw;
        }
    }

    /// <summary>A repository of its own below <paramref name="area"/>, with the tag <c>1</c>.</summary>
    internal Task<FlowImage> PushAsync(string area, params CosignKeyPair[] keys) =>
        PushAsync($"{area}/app-{Interlocked.Increment(ref _repositories)}", _cosign3, keys);

    public async ValueTask DisposeAsync()
    {
        await (_open?.DisposeAsync() ?? default);
        await (_closed?.DisposeAsync() ?? default);
        await _cosign2.DisposeAsync();
        await _cosign3.DisposeAsync();
        await _folder.DisposeAsync();
        _room.Dispose();
    }

    private async Task FillAsync()
    {
        _open = await DockerRegistryProcess.StartAsync();
        _closed = await DockerRegistryProcess.StartAsync(new DockerRegistryOptions { BasicAuth = true });
        _keys = await FlowKeys.MakeAsync(_cosign3, _folder.Path);
        var release = _keys.Release;
        var @private = PushPrivateAsync();
        var index = PushIndexAsync();
        var images = await Task.WhenAll(
            PushAsync("signed/three", _cosign3, release), PushAsync("signed/two", _cosign2, release), PushAsync("signed/unsigned", _cosign3),
            PushAsync("signed/stranger", _cosign3, _keys.Stranger), PushAsync("signed/moved", _cosign3, release), PushAsync("free/app", _cosign3),
            PushAsync("never/app", _cosign3), PushAsync("other/app", _cosign3), PushAsync("audited/app", _cosign3), PushAsync("signed/exempt", _cosign3),
            PushAsync("pinned/app", _cosign3, release), PushAsync("tenant/app", _cosign3, release));
        (Signed, SignedByCosign2, Unsigned, WrongKey, Moved, Free) = (images[0], images[1], images[2], images[3], images[4], images[5]);
        (Never, Unmatched, Audited, Exempt, DigestRequired, Tenant) = (images[6], images[7], images[8], images[9], images[10], images[11]);
        (Private, Index) = (await @private, await index);
        MovedTo = await Crane.MakeBusyboxImageAsync(Moved.ByTag);
        Policy = PolicyText();
    }

    private async Task<FlowImage> PushAsync(string name, Cosign cosign, params CosignKeyPair[] keys)
    {
        // The tools are started side by side, but not more than the machine has room for.
        await _room.WaitAsync();
        try
        {
            var repository = $"{Host}/{name}";
            var image = new FlowImage(repository, await Crane.MakeBusyboxImageAsync(repository + ":1"));
            foreach (var key in keys)
            {
                await cosign.SignAsync(image.ByDigest, key);
            }

            return image;
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task<FlowImage> PushIndexAsync()
    {
        var repository = Host + "/signed/index";
        await Crane.MakeBusyboxImageAsync(repository + ":own");
        await Crane.MutateAsync(repository + ":own", repository + ":other", "--set-platform", "linux/s390x");
        (await Crane.RunAsync(["index", "append", "-m", repository + ":own", "-m", repository + ":other", "-t", repository + ":1"])).EnsureSuccess();
        var image = new FlowImage(repository, await Crane.DigestAsync(repository + ":1"));
        await _cosign3.SignAsync(image.ByDigest, _keys.Release);
        return image;
    }

    private async Task<FlowImage> PushPrivateAsync()
    {
        var account = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{DockerRegistryProcess.UserName}:{DockerRegistryProcess.Password}"));
        _folder.Write("docker/config.json", $"{{\"auths\":{{\"{PrivateHost}\":{{\"auth\":\"{account}\"}}}}}}");
        var repository = PrivateHost + "/private/app";
        var image = new FlowImage(repository, await Crane.MakeBusyboxImageAsync(repository + ":1", new ImageRecipe(), _folder.At("docker")));
        await using var cosign = Cosign.Version(3, _folder.At("docker"));
        await cosign.SignAsync(image.ByDigest, _keys.Release);
        return image;
    }

    private string PolicyText() => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: both-edges}
        mode: enforce
        unmatched: deny
        authorities:
          - name: release
            cosign: {keys: [{file: "{{_keys.Release.PublicKey}}"}]}
        rules:
          - {name: signed, images: ["{{Host}}/signed/**", "{{Down}}/**", "{{PrivateHost}}/**"], require: {anyOf: [release]} }
          - {name: pinned, images: ["{{Host}}/pinned/**"], require: {anyOf: [release]}, requireDigest: true}
          - {name: free, images: ["{{Host}}/free/**"], allow: {reason: "needs no signature"} }
          - {name: never, images: ["{{Host}}/never/**"], deny: {reason: "not here"} }
          - {name: audited, images: ["{{Host}}/audited/**"], mode: audit, require: {anyOf: [release]} }
          - {name: tenant, images: ["{{Host}}/tenant/**"], namespaces: {include: ["prod-*"], exclude: [prod-sandbox]}, require: {anyOf: [release]} }
        exceptions:
          - {name: legacy, images: ["{{Exempt.ByDigest}}"], expires: 2099-12-31T00:00:00Z, owner: team-a}
        """;
}
