using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;

namespace NodeGate.Demo;

/// <summary>A registry, containerd 2.1, the real nodegate between us and it and its webhook, with images of every kind.</summary>
internal sealed class DemoNode : IAsyncDisposable
{
    private readonly Cosign _cosign2 = Cosign.Version(2);
    private readonly Cosign _cosign3 = Cosign.Version(3);
    private readonly ContainerdProcess _containerd;
    private readonly DockerRegistryProcess _registry;

    private DemoNode(
        DockerRegistryProcess registry, DemoSigstore sigstore, ContainerdProcess containerd, NodeGateProcess nodeGate, WebhookProcess webhook,
        CosignKeyPair release, CosignKeyPair stranger)
    {
        _registry = registry;
        Sigstore = sigstore;
        _containerd = containerd;
        NodeGate = nodeGate;
        Webhook = webhook;
        Release = release;
        Stranger = stranger;
    }

    internal NodeGateProcess NodeGate { get; }

    /// <summary>The admission webhook with the same policy.</summary>
    internal WebhookProcess Webhook { get; }

    /// <summary>The key that the policy trusts.</summary>
    internal CosignKeyPair Release { get; }

    /// <summary>A key that it does not know.</summary>
    internal CosignKeyPair Stranger { get; }

    internal DemoSigstore Sigstore { get; }

    internal ContainerdProcess Containerd => _containerd;

    internal static async Task<DemoNode> StartAsync()
    {
        var registry = await DockerRegistryProcess.StartAsync();
        var sigstore = await DemoSigstore.StartAsync();
        var containerd = await ContainerdProcess.StartAsync("2.1");
        await using var keys = Cosign.Version(3);
        var folder = Directory.CreateTempSubdirectory("ng-demo-").FullName;
        var release = await keys.GenerateKeyPairAsync("release", folder);
        var stranger = await keys.GenerateKeyPairAsync("stranger", folder);
        var policy = $$"""
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: demo}
            mode: enforce
            unmatched: deny
            trustRoots:
              - {name: demo, trustedRoot: "{{sigstore.TrustedRoot}}"}
            authorities:
              - name: release-key
                cosign: {keys: [{file: "{{release.PublicKey}}" }]}
              - name: release-workflow
                keyless:
                  trustRoot: demo
                  identities: [{issuer: "{{VirtualSigstore.OidcIssuer}}", subject: "{{VirtualSigstore.Subject}}" }]
            rules:
              - {name: demo, images: ["{{registry.Host}}/**"], require: {anyOf: [release-key]} }
              - {name: other-team, images: ["{{registry.Host}}/demo/signed-2"], namespaces: {include: [other]}, require: {anyOf: [release-workflow]} }
              - {name: keyless, images: ["{{registry.Host}}/demo/keyless"], require: {anyOf: [release-workflow]} }
            """;
        var nodeGate = await NodeGateProcess.StartAsync(new NodeGateSetup { Upstream = containerd.SocketPath, CertsDir = containerd.CertsDir, Policy = policy });
        var webhook = await WebhookProcess.StartAsync(new WebhookSetup { CertsDir = containerd.CertsDir, Policy = policy });
        return new DemoNode(registry, sigstore, containerd, nodeGate, webhook, release, stranger);
    }

    /// <summary>The full name of a demo image.</summary>
    internal string Name(string image) => $"{_registry.Host}/demo/{image}";

    /// <summary>Pushes a new busybox image under <paramref name="image"/> and returns its digest.</summary>
    internal Task<string> PushAsync(string image) => Crane.MakeBusyboxImageAsync(Name(image));

    /// <summary>Signs <paramref name="digest"/> of a repository with cosign of the given major version.</summary>
    internal Task SignAsync(int cosign, string repository, string digest, CosignKeyPair key) =>
        (cosign == 2 ? _cosign2 : _cosign3).SignAsync($"{Name(repository)}@{digest}", key);

    public async ValueTask DisposeAsync()
    {
        await Webhook.DisposeAsync();
        await NodeGate.DisposeAsync();
        await _containerd.DisposeAsync();
        await _registry.DisposeAsync();
        await Sigstore.DisposeAsync();
        await _cosign2.DisposeAsync();
        await _cosign3.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(Release.PublicKey)!, recursive: true);
    }
}
