using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;

namespace NodeGate.Testing.Signing;

/// <summary>One legacy cosign signature: what becomes a layer of the <c>.sig</c> image. Every part can be set, to make exactly one of them wrong.</summary>
public sealed record LegacySignature
{
    public const string SignatureAnnotation = "dev.cosignproject.cosign/signature";

    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required ImmutableDictionary<string, string> Annotations { get; init; }

    public string MediaType { get; init; } = MediaTypes.CosignSimpleSigning;

    public Digest Digest => Digest.Of(Payload.Span);

    /// <summary>Signs what <c>cosign sign</c> (2.x) signs for the image.</summary>
    public static LegacySignature Of(SigningKey key, string repository, Digest image, IEnumerable<KeyValuePair<string, string>>? annotations = null) =>
        OfPayload(key, PayloadFor(repository, image, annotations));

    /// <summary>Signs the given payload, whatever it says.</summary>
    public static LegacySignature OfPayload(SigningKey key, string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return new LegacySignature
        {
            Payload = bytes,
            Annotations = ImmutableDictionary<string, string>.Empty.Add(SignatureAnnotation, Convert.ToBase64String(key.Sign(bytes))),
        };
    }

    /// <summary>The simple signing payload, in the bytes that cosign 2.5 writes.</summary>
    public static string PayloadFor(string repository, Digest image, IEnumerable<KeyValuePair<string, string>>? annotations = null)
    {
        JsonNode? optional = annotations is null
            ? null
            : new JsonObject(annotations.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)JsonValue.Create(a.Value))));
        return new JsonObject
        {
            ["critical"] = new JsonObject
            {
                ["identity"] = new JsonObject { ["docker-reference"] = repository },
                ["image"] = new JsonObject { ["docker-manifest-digest"] = image.ToString() },
                ["type"] = "cosign container image signature",
            },
            ["optional"] = optional,
        }.ToJsonString();
    }
}
