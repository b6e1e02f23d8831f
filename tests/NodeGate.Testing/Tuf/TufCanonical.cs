using System.Text;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.Tuf;

/// <summary>The canonical form that signatures cover, written a second time, so that signer and verifier cannot share a fault.</summary>
public static class TufCanonical
{
    public static byte[] Encode(JsonNode? node) => Encoding.UTF8.GetBytes(Text(node));

    private static string Text(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(m => Convert.ToHexString(Encoding.UTF8.GetBytes(m.Key)), StringComparer.Ordinal)
            .Select(m => Quote(m.Key) + ":" + Text(m.Value))) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Text)) + "]",
        JsonValue value when value.TryGetValue<string>(out var text) => Quote(text),
        null => "null",
        _ => node.ToJsonString(),
    };

    private static string Quote(string text) => "\"" + string.Concat(text.Select(c => c is '"' or '\\' ? "\\" + c : c.ToString())) + "\"";
}
