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
    public static void AddBundle(this TestRegistry registry, string repository, Descriptor image, SigningKey key)
    {
        var artifact = SignatureArtifact.Referrer(Bundles.ToBytes(Bundles.Signature(key, image.Digest)), image);
        Put(registry, repository, artifact, tag: null);
    }

    /// <summary>Signs as cosign 2.5 does: a <c>.sig</c> image that names the repository.</summary>
    public static void AddLegacySignature(this TestRegistry registry, string repository, Descriptor image, SigningKey key)
    {
        var artifact = SignatureArtifact.Legacy(LegacySignature.Of(key, $"{registry.Host}/{repository}", image.Digest));
        Put(registry, repository, artifact, SignatureArtifact.LegacyTag(image.Digest));
    }

    private static void Put(TestRegistry registry, string repository, SignatureArtifact artifact, string? tag)
    {
        foreach (var blob in artifact.Blobs)
        {
            registry.Store.PutBlob(repository, blob);
        }

        registry.Store.PutManifest(repository, MediaTypes.OciManifest, artifact.Manifest, tag);
    }
}
