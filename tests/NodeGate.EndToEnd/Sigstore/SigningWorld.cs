using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Sigstore;
using NodeGate.Testing.Sigstore.Services;
using NodeGate.Verification;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>A registry with two images, a Sigstore with its services, and the files that tell signers and verifiers about it.</summary>
public sealed class SigningWorld : IAsyncDisposable
{
    public const string Repository = "app";

    private SigningWorld(TestRegistry registry, VirtualSigstoreServer services, TestFolder folder)
    {
        Registry = registry;
        Services = services;
        Folder = folder;
        Files = VirtualSigstoreFiles.Write(folder, services.Sigstore);
    }

    public TestRegistry Registry { get; }

    public VirtualSigstoreServer Services { get; }

    public TestFolder Folder { get; }

    public VirtualSigstoreFiles Files { get; }

    public Descriptor Image { get; private set; } = null!;

    public Descriptor OtherImage { get; private set; } = null!;

    /// <summary>Whom verifiers shall expect.</summary>
    public static IReadOnlyList<string> Signer { get; } =
        ["--certificate-identity", VirtualSigstore.Subject, "--certificate-oidc-issuer", VirtualSigstore.OidcIssuer];

    public static async Task<SigningWorld> StartAsync()
    {
        var services = await VirtualSigstoreServer.StartAsync(VirtualSigstore.Default, TimeProvider.System);
        var world = new SigningWorld(await TestRegistry.StartAsync(), services, TestFolder.Create());
        world.Image = await world.Registry.AddImageAsync(Repository, "signed");
        world.OtherImage = await world.Registry.AddImageAsync(Repository, "other", new ImageRecipe { Seed = "other" });
        return world;
    }

    /// <summary>repo@digest.</summary>
    public string Reference(Descriptor image) => $"{Registry.Host}/{Repository}@{image.Digest}";

    /// <summary>What cosign 3 is told to sign with these services.</summary>
    public IReadOnlyList<string> SigningArguments(int logVersion, bool timestamp) =>
    [
        "--yes", "--trusted-root", Files.TrustedRoot,
        "--signing-config", Folder.Write("signing_config.json", Services.SigningConfig(logVersion, timestamp).ToJsonString()),
    ];

    /// <summary>A bundle that the JavaScript implementation made with these services; with a payload type it is an envelope.</summary>
    public async Task<JsonObject> SignWithJavaScriptAsync(byte[] content, int logVersion, bool timestamp, string? payloadType = null)
    {
        var file = Folder.At("content");
        await File.WriteAllBytesAsync(file, content);
        IEnumerable<string> stamp = timestamp ? ["--tsa", Services.Url] : [];
        IEnumerable<string> type = payloadType is null ? [] : ["--payload-type", payloadType];
        IEnumerable<string> services = ["--fulcio", Services.Url, "--rekor", Services.Url, "--rekor-version", $"{logVersion}"];
        var bundle = await SigstoreJs.SignAsync(file, [.. services, "--token", Services.Token(), .. stamp, .. type]);
        return JsonNode.Parse(bundle)!.AsObject();
    }

    /// <summary>The image as NodeGate's verifier is told about it.</summary>
    public SignedSubject Subject(Descriptor image) =>
        new(ImageReference.Parse(Reference(image)), image, Registry.Store.Manifests[(Repository, image.Digest)].Content);

    /// <summary>The layers of a <c>.sig</c> or <c>.att</c> image that was pushed.</summary>
    public IReadOnlyList<Evidence> Layers(string tag)
    {
        Assert.True(Registry.Store.TryGetManifest(Repository, tag, out _, out var manifest), tag);
        return [.. JsonNode.Parse(manifest.Content)!["layers"]!.AsArray().Select(layer => Layer(layer!))];
    }

    /// <summary>The bundles that were pushed for the image.</summary>
    public IReadOnlyList<JsonObject> Bundles(Descriptor image)
    {
        List<JsonObject> bundles = [];
        foreach (var manifest in Registry.Store.Manifests.Values.Select(m => JsonNode.Parse(m.Content)!))
        {
            if ((string?)manifest["subject"]?["digest"] == image.Digest.ToString())
            {
                var layer = Digest.Parse((string)manifest["layers"]![0]!["digest"]!);
                bundles.Add(JsonNode.Parse(Registry.Store.Blobs[(Repository, layer)])!.AsObject());
            }
        }

        return bundles;
    }

    private Evidence Layer(JsonNode layer)
    {
        var digest = Digest.Parse((string)layer["digest"]!);
        var content = Registry.Store.Blobs[(Repository, digest)];
        var mediaType = (string)layer["mediaType"]!;
        var annotations = layer["annotations"]!.AsObject().ToImmutableDictionary(pair => pair.Key, pair => (string)pair.Value!);
        return mediaType == MediaTypes.DsseEnvelope
            ? new CosignAttestationEvidence(digest, mediaType, content, annotations)
            : new CosignSignatureEvidence(digest, mediaType, content, annotations);
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        await Services.DisposeAsync();
        await Folder.DisposeAsync();
    }
}
