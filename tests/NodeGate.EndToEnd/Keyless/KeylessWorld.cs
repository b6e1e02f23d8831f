using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;
using NodeGate.Testing.Sigstore.Services;

namespace NodeGate.EndToEnd.Keyless;

/// <summary>A Sigstore with its services, both versions of cosign that sign with it, a registry and a containerd; made when a test first asks.</summary>
public sealed class KeylessWorld : IAsyncLifetime
{
    /// <summary>Somebody whom the Sigstore vouches for and no policy names.</summary>
    internal const string Stranger = "stranger@virtual.test";

    private readonly Lazy<Task<Shared>> _shared = new(Shared.StartAsync);
    private readonly Lazy<Task<ContainerdProcess>> _containerd = new(() => ContainerdProcess.StartAsync("2.1"));
    private int _repositories;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_containerd.IsValueCreated)
        {
            await (await _containerd.Value).DisposeAsync();
        }

        if (_shared.IsValueCreated)
        {
            await (await _shared.Value).DisposeAsync();
        }
    }

    /// <summary>A daemon of the test's own in front of the shared containerd.</summary>
    internal async Task<NodeGateProcess> StartGateAsync(string policy)
    {
        var containerd = await _containerd.Value;
        return await NodeGateProcess.StartAsync(new NodeGateSetup { Upstream = containerd.SocketPath, CertsDir = containerd.CertsDir, Policy = policy });
    }

    /// <summary>An image that nobody signed yet, in a repository of its own below <paramref name="folder"/>.</summary>
    internal async Task<FlowImage> ImageAsync(string folder)
    {
        var repository = $"{(await _shared.Value).Registry.Host}/{folder}/app-{Interlocked.Increment(ref _repositories)}";
        return new FlowImage(repository, await Crane.MakeBusyboxImageAsync(repository + ":1"));
    }

    /// <summary>Signs as the usual workflow, or as somebody with a mail address.</summary>
    internal async Task SignAsync(int cosign, FlowImage image, string? email = null) =>
        await (await _shared.Value).Keyless(cosign).SignAsync(image.ByDigest, email);

    internal async Task SignWithKeyAsync(FlowImage image)
    {
        var shared = await _shared.Value;
        await shared.Cosign.SignAsync(image.ByDigest, shared.Key);
    }

    /// <summary>Attests as the usual workflow, or as somebody with a mail address.</summary>
    internal async Task AttestAsync(int cosign, FlowImage image, string type, string predicate, string? email = null)
    {
        var shared = await _shared.Value;
        await shared.Keyless(cosign).AttestAsync(image.ByDigest, type, shared.Folder.Write($"predicate-{Guid.NewGuid():N}.json", predicate), email);
    }

    /// <summary>
    /// A policy with the authorities <c>workflow</c> (keyless) and <c>release-key</c>, a rule for each requirement: its folder in the
    /// registry is its name.
    /// </summary>
    /// <param name="rules">Folder → what stands behind <c>require:</c>.</param>
    /// <param name="trustRoot">What stands behind the trust root's name; null: the file.</param>
    internal async Task<string> PolicyAsync(IEnumerable<(string Folder, string Require)> rules, string? trustRoot = null)
    {
        var shared = await _shared.Value;
        return $$"""
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: keyless}
            mode: enforce
            unmatched: deny
            trustRoots:
              - {name: corp, {{trustRoot ?? $"trustedRoot: \"{shared.Files.TrustedRoot}\""}}}
            authorities:
              - name: workflow
                keyless:
                  trustRoot: corp
                  identities: [{issuer: "{{VirtualSigstore.OidcIssuer}}", subject: "{{VirtualSigstore.Subject}}"}]
              - name: release-key
                cosign: {keys: [{file: "{{shared.Key.PublicKey}}"}]}
            rules:

            """ + string.Concat(rules.Select(rule => $"  - {{name: {rule.Folder}, images: [\"{shared.Registry.Host}/{rule.Folder}/**\"], require: {rule.Require}}}\n"));
    }

    private sealed record Shared(
        TestFolder Folder, DockerRegistryProcess Registry, VirtualSigstoreServer Services, VirtualSigstoreFiles Files, Cosign Cosign, CosignKeyPair Key,
        KeylessCosign Keyless2, KeylessCosign Keyless3)
    {
        internal static async Task<Shared> StartAsync()
        {
            var folder = TestFolder.Create();
            var services = await VirtualSigstoreServer.StartAsync(VirtualSigstore.Default, TimeProvider.System);
            var files = VirtualSigstoreFiles.Write(folder, services.Sigstore);
            var cosign = Cosign.Version(3);
            return new Shared(
                folder, await DockerRegistryProcess.StartAsync(), services, files, cosign, await cosign.GenerateKeyPairAsync(),
                new KeylessCosign(2, services, files, folder), new KeylessCosign(3, services, files, folder));
        }

        internal KeylessCosign Keyless(int major) => major == 2 ? Keyless2 : Keyless3;

        internal async ValueTask DisposeAsync()
        {
            await Registry.DisposeAsync();
            await Services.DisposeAsync();
            await Cosign.DisposeAsync();
            await Keyless2.DisposeAsync();
            await Keyless3.DisposeAsync();
            await Folder.DisposeAsync();
        }
    }
}
