using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;

namespace NodeGate.Testing.Signing;

/// <summary>Signatures as they lie in a registry: a manifest with its blobs, the way cosign 2.5 and 3.1 push them.</summary>
/// <param name="Manifest">The manifest's bytes.</param>
/// <param name="Blobs">Config and layers.</param>
public sealed record SignatureArtifact(byte[] Manifest, ImmutableArray<byte[]> Blobs)
{
    public Digest Digest => Digest.Of(Manifest);

    /// <summary>The tag under which cosign 2.x stores signatures of the image.</summary>
    public static string LegacyTag(Digest image) => $"sha256-{image.Hex}.sig";

    /// <summary>The tag under which cosign 2.x stores attestations of the image.</summary>
    public static string AttestationTag(Digest image) => $"sha256-{image.Hex}.att";

    /// <summary>The tag under which referrers of the image are listed where the registry has no referrers API.</summary>
    public static string FallbackTag(Digest image) => $"sha256-{image.Hex}";

    /// <summary>A <c>.sig</c> image: one layer for each signature.</summary>
    public static SignatureArtifact Legacy(params LegacySignature[] signatures)
    {
        var config = Encoding.UTF8.GetBytes("""{"architecture":"","created":"0001-01-01T00:00:00Z","history":[],"os":"","rootfs":{"type":"layers","diff_ids":[]},"config":{}}""");
        var layers = new JsonArray();
        foreach (var signature in signatures)
        {
            var layer = Entry(signature.MediaType, signature.Payload.ToArray());
            layer["annotations"] = new JsonObject(signature.Annotations.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)JsonValue.Create(a.Value))));
            layers.Add(layer);
        }

        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Entry("application/vnd.oci.image.config.v1+json", config),
            ["layers"] = layers,
        };
        return new SignatureArtifact(Encoding.UTF8.GetBytes(manifest.ToJsonString()), [config, .. signatures.Select(s => s.Payload.ToArray())]);
    }

    /// <summary>A referrer of <paramref name="image"/> with one bundle.</summary>
    public static SignatureArtifact Referrer(byte[] bundle, Descriptor image, string predicateType = Bundles.SignPredicate)
    {
        byte[] config = [.. "{}"u8];
        var empty = Entry(MediaTypes.OciEmpty, config);
        empty["artifactType"] = MediaTypes.SigstoreBundleV03;
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["artifactType"] = MediaTypes.SigstoreBundleV03,
            ["config"] = empty,
            ["layers"] = new JsonArray(Entry(MediaTypes.SigstoreBundleV03, bundle)),
            ["subject"] = new JsonObject { ["mediaType"] = image.MediaType, ["digest"] = image.Digest.ToString(), ["size"] = image.Size },
            ["annotations"] = new JsonObject
            {
                ["org.opencontainers.image.created"] = "2026-01-01T00:00:00Z",
                ["dev.sigstore.bundle.content"] = "dsse-envelope",
                ["dev.sigstore.bundle.predicateType"] = predicateType,
            },
        };
        return new SignatureArtifact(Encoding.UTF8.GetBytes(manifest.ToJsonString()), [config, bundle]);
    }

    private static JsonObject Entry(string mediaType, byte[] content) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = Digest.Of(content).ToString(),
        ["size"] = content.Length,
    };
}
