using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.Sigstore;

/// <summary>JSON as logs hash it: sorted names, no spaces, nothing escaped that need not be (RFC 8785 for what entries contain).</summary>
public static class CanonicalJson
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Encode(JsonNode node) => Encoding.UTF8.GetBytes(Sorted(node)!.ToJsonString(Relaxed));

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject value => new JsonObject(value.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray value => new JsonArray([.. value.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
