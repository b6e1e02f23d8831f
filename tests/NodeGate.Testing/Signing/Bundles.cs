using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;

namespace NodeGate.Testing.Signing;

/// <summary>Makes Sigstore bundles signed by a key. They are JSON trees, so that a test can make exactly one thing wrong before it takes the bytes.</summary>
public static class Bundles
{
    public const string V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1";
    public const string V02 = "application/vnd.dev.sigstore.bundle+json;version=0.2";
    public const string V03Old = "application/vnd.dev.sigstore.bundle+json;version=0.3";
    public const string V03 = MediaTypes.SigstoreBundleV03;
    public const string InToto = "application/vnd.in-toto+json";
    public const string SignPredicate = "https://sigstore.dev/cosign/sign/v1";

    /// <summary>What <c>cosign sign</c> (3.x) writes for the image: a DSSE envelope with an in-toto statement.</summary>
    public static JsonObject Signature(
        SigningKey key, Digest image, IEnumerable<KeyValuePair<string, string>>? annotations = null, string mediaType = V03) =>
        Dsse(key, Statement(image, annotations).ToJsonString(), mediaType: mediaType);

    /// <summary>A DSSE bundle with any payload.</summary>
    public static JsonObject Dsse(SigningKey key, string payload, string payloadType = InToto, string mediaType = V03)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return new JsonObject
        {
            ["mediaType"] = mediaType,
            ["verificationMaterial"] = new JsonObject { ["publicKey"] = new JsonObject { ["hint"] = key.Hint } },
            ["dsseEnvelope"] = new JsonObject
            {
                ["payload"] = Convert.ToBase64String(bytes),
                ["payloadType"] = payloadType,
                ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(key.Sign(PreAuthentication(payloadType, bytes))) }),
            },
        };
    }

    /// <summary>A bundle with a message signature over the manifest's bytes.</summary>
    public static JsonObject Message(SigningKey key, ReadOnlySpan<byte> manifest, string mediaType = V03) => new()
    {
        ["mediaType"] = mediaType,
        ["verificationMaterial"] = new JsonObject { ["publicKey"] = new JsonObject { ["hint"] = key.Hint } },
        ["messageSignature"] = new JsonObject
        {
            ["messageDigest"] = new JsonObject
            {
                ["algorithm"] = "SHA2_256",
                ["digest"] = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(manifest)),
            },
            ["signature"] = Convert.ToBase64String(key.Sign(manifest)),
        },
    };

    /// <summary>The statement that <c>cosign sign</c> (3.x) signs.</summary>
    public static JsonObject Statement(
        Digest image, IEnumerable<KeyValuePair<string, string>>? annotations = null, string predicateType = SignPredicate)
    {
        var subject = new JsonObject { ["digest"] = new JsonObject { ["sha256"] = image.Hex } };
        if (annotations is not null)
        {
            subject["annotations"] = new JsonObject(annotations.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)JsonValue.Create(a.Value))));
        }

        return new JsonObject
        {
            ["_type"] = "https://in-toto.io/Statement/v1",
            ["subject"] = new JsonArray(subject),
            ["predicateType"] = predicateType,
            ["predicate"] = new JsonObject(),
        };
    }

    /// <summary>The bytes of a bundle.</summary>
    public static byte[] ToBytes(JsonObject bundle) => Encoding.UTF8.GetBytes(bundle.ToJsonString());

    /// <summary>DSSE protocol.md, "PAE".</summary>
    public static byte[] PreAuthentication(string type, ReadOnlySpan<byte> body) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {body.Length} "), .. body];
}
