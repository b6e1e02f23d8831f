using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.EndToEnd.Crash;

/// <summary>
/// A registry in this process, so that a request can be held, with images that differ in their configuration only, so that a test can have many.
/// Signed ones carry a signature of each kind, so that every request for evidence is made.
/// </summary>
internal sealed class NodeRegistry : IAsyncDisposable
{
    private const string BaseRepository = "base";
    private readonly SigningKey _key = SigningKey.Create();
    private readonly byte[] _manifest;

    private NodeRegistry(TestRegistry registry, byte[] manifest)
    {
        Registry = registry;
        _manifest = manifest;
    }

    public TestRegistry Registry { get; }

    public string Host => Registry.Host;

    /// <summary>Trusts the key for everything here; <c>HOST/open/</c> needs no signature.</summary>
    public string Policy => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: end-to-end}
        unmatched: deny
        authorities:
          - name: release-key
            cosign: {keys: [{pem: "{{_key.PublicPem.ReplaceLineEndings("\\n")}}"}]}
        rules:
          - {name: signed, images: ["{{Host}}/**"], require: {anyOf: [release-key]} }
          - {name: open, images: ["{{Host}}/open/**"], allow: {reason: "a test of the relay"} }
        """;

    public static async Task<NodeRegistry> StartAsync()
    {
        var registry = await TestRegistry.StartAsync();
        await Crane.MakeBusyboxImageAsync($"{registry.Host}/{BaseRepository}:1");
        registry.Store.TryGetManifest(BaseRepository, "1", out _, out var manifest);
        return new NodeRegistry(registry, manifest.Content);
    }

    /// <summary>A repository that nothing else uses.</summary>
    public string NewRepository(string prefix = "") => $"{Host}/{prefix}app-{Guid.NewGuid():N}";

    /// <summary>Stores another image in the repository, under the tag where one is given.</summary>
    public NodeImage Push(string repository, string? tag, bool signed)
    {
        var name = NameOf(repository);
        var root = JsonNode.Parse(_manifest)!.AsObject();
        foreach (var layer in root["layers"]!.AsArray())
        {
            var digest = Digest.Parse((string)layer!["digest"]!);
            Registry.Store.Blobs[(name, digest)] = Registry.Store.Blobs[(BaseRepository, digest)];
        }

        var config = JsonNode.Parse(Registry.Store.Blobs[(BaseRepository, Digest.Parse((string)root["config"]!["digest"]!))])!.AsObject();
        config["config"]!["Labels"] = new JsonObject { ["test.image"] = Guid.NewGuid().ToString() };
        var bytes = Encoding.UTF8.GetBytes(config.ToJsonString());
        var id = Registry.Store.PutBlob(name, bytes);
        root["config"]!["digest"] = id.ToString();
        root["config"]!["size"] = bytes.Length;
        var manifest = Encoding.UTF8.GetBytes(root.ToJsonString());
        var image = Registry.Store.PutManifest(name, MediaTypes.OciManifest, manifest, tag);
        if (signed)
        {
            Store(name, SignatureArtifact.Legacy(LegacySignature.Of(_key, repository, image)), SignatureArtifact.LegacyTag(image));
            var bundle = Bundles.ToBytes(Bundles.Signature(_key, image));
            Store(name, SignatureArtifact.Referrer(bundle, new Descriptor(MediaTypes.OciManifest, image, manifest.Length)), tag: null);
        }

        return new NodeImage(repository, image.ToString(), id.ToString(), manifest, signed);
    }

    /// <summary>The digest of the referrer that holds the image's bundle.</summary>
    public string ReferrerOf(NodeImage image) => (string)Registry.Store.Referrers(NameOf(image.Repository), Digest.Parse(image.Digest)).Single()["digest"]!;

    public string BundleOf(NodeImage image) => LayerOf(image, ReferrerOf(image));

    /// <summary>The digest of what the image's legacy signature signs.</summary>
    public string PayloadOf(NodeImage image) => LayerOf(image, SignatureArtifact.LegacyTag(Digest.Parse(image.Digest)));

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        _key.Dispose();
    }

    private string NameOf(string repository) => repository[(Host.Length + 1)..];

    private string LayerOf(NodeImage image, string reference)
    {
        Registry.Store.TryGetManifest(NameOf(image.Repository), reference, out _, out var manifest);
        return (string)JsonNode.Parse(manifest.Content)!["layers"]![0]!["digest"]!;
    }

    private void Store(string name, SignatureArtifact artifact, string? tag)
    {
        foreach (var blob in artifact.Blobs)
        {
            Registry.Store.PutBlob(name, blob);
        }

        Registry.Store.PutManifest(name, MediaTypes.OciManifest, artifact.Manifest, tag);
    }
}
