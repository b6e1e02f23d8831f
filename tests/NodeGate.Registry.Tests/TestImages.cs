using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Registries;

namespace NodeGate.Registry.Tests;

/// <summary>Images and what refers to them, put into a test registry. What is signed is not this room's matter; its shape is.</summary>
internal static class TestImages
{
    internal const string BundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    internal static Digest PutImage(this TestRegistryStore store, string repository, string tag = "v1", string content = "layer")
    {
        var config = store.PutBlob(repository, Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","x":"{{content}}"}"""));
        return store.PutManifest(repository, MediaTypes.OciManifest, Image(config, content.Length + 41), tag);
    }

    internal static byte[] Image(Digest config, long size) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config}}","size":{{size}}},"layers":[]}""");

    internal static Digest PutReferrer(this TestRegistryStore store, string repository, Digest subject, string payload)
    {
        var bundle = Encoding.UTF8.GetBytes(payload);
        store.PutBlob(repository, "{}"u8.ToArray());
        return store.PutManifest(repository, MediaTypes.OciManifest, Referrer(store.PutBlob(repository, bundle), bundle.Length, subject));
    }

    internal static byte[] Referrer(Digest bundle, int size, Digest subject) => Encoding.UTF8.GetBytes(
        $$"""
        {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","artifactType":"{{BundleType}}",
         "config":{"mediaType":"{{MediaTypes.OciEmpty}}","digest":"{{Digest.Of("{}"u8)}}","size":2},
         "layers":[{"mediaType":"{{BundleType}}","digest":"{{bundle}}","size":{{size}}}],
         "subject":{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{subject}}","size":1} }
        """);

    /// <summary>An index as the fallback scheme has it.</summary>
    internal static byte[] Index(params IEnumerable<Digest> entries) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{string.Join(',', entries.Select(entry =>
            $$"""{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{entry}}","size":7,"artifactType":"{{MediaTypes.OciEmpty}}"}"""))}}]}""");

    internal static Digest PutLegacySignature(this TestRegistryStore store, string repository, Digest subject, string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        var blob = store.PutBlob(repository, bytes);
        var manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{blob}}","size":1},"layers":[{"mediaType":"{{MediaTypes.CosignSimpleSigning}}","digest":"{{blob}}","size":{{bytes.Length}}}]}""");
        return store.PutManifest(repository, MediaTypes.OciManifest, manifest, $"sha256-{subject.Hex}.sig");
    }
}
