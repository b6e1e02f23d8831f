using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Registries;

/// <summary>Puts images that run, and signatures, straight into a test registry: for tests that are not about the tools that push and sign.</summary>
public static class TestRegistryImages
{
    /// <summary>A busybox image under <paramref name="tag"/>; a containerd can pull and run it.</summary>
    public static async Task<Descriptor> AddImageAsync(this TestRegistry registry, string repository, string tag, ImageRecipe? recipe = null)
    {
        await using var folder = TestFolder.Create();
        var digest = Digest.Parse(ImageLayout.Write(folder.Path, recipe ?? new ImageRecipe()));
        foreach (var file in Directory.EnumerateFiles(folder.At("blobs", "sha256")))
        {
            registry.Store.PutBlob(repository, await File.ReadAllBytesAsync(file));
        }

        registry.Store.Blobs.TryRemove((repository, digest), out var manifest);
        var mediaType = (string)JsonNode.Parse(manifest!)!["mediaType"]!;
        registry.Store.PutManifest(repository, mediaType, manifest!, tag);
        return new Descriptor(mediaType, digest, manifest!.Length);
    }

    /// <summary>Signs as cosign 3.1 does: a bundle as a referrer.</summary>
    public static void AddBundle(this TestRegistry registry, string repository, Descriptor image, SigningKey key) =>
        registry.AddBundle(repository, image, Bundles.Signature(key, image.Digest));

    /// <summary>Any bundle as a referrer of the image.</summary>
    public static void AddBundle(
        this TestRegistry registry, string repository, Descriptor image, JsonObject bundle, string predicateType = Bundles.SignPredicate) =>
        Put(registry, repository, SignatureArtifact.Referrer(Bundles.ToBytes(bundle), image, predicateType), tag: null);

    /// <summary>Signs as cosign 2.5 does: a <c>.sig</c> image that names the repository.</summary>
    public static void AddLegacySignature(this TestRegistry registry, string repository, Descriptor image, SigningKey key) =>
        registry.AddLegacySignatures(repository, image, LegacySignature.Of(key, $"{registry.Host}/{repository}", image.Digest));

    /// <summary>Any layers as the <c>.sig</c> image.</summary>
    public static void AddLegacySignatures(this TestRegistry registry, string repository, Descriptor image, params LegacySignature[] layers) =>
        Put(registry, repository, SignatureArtifact.Legacy(layers), SignatureArtifact.LegacyTag(image.Digest));

    /// <summary>Any layers as the <c>.att</c> image.</summary>
    public static void AddLegacyAttestations(this TestRegistry registry, string repository, Descriptor image, params LegacySignature[] layers) =>
        Put(registry, repository, SignatureArtifact.Legacy(layers), SignatureArtifact.AttestationTag(image.Digest));

    private static void Put(TestRegistry registry, string repository, SignatureArtifact artifact, string? tag)
    {
        foreach (var blob in artifact.Blobs)
        {
            registry.Store.PutBlob(repository, blob);
        }

        registry.Store.PutManifest(repository, MediaTypes.OciManifest, artifact.Manifest, tag);
    }
}
