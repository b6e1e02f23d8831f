using System.Text.Json.Nodes;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>Compares what was written with what typed code kept of it.</summary>
internal static class Fields
{
    /// <summary>
    /// The places of <paramref name="written"/> that <paramref name="kept"/> lacks, or has otherwise: a misspelt field is dropped without a word.
    /// </summary>
    internal static IEnumerable<string> Lost(JsonNode? written, JsonNode? kept, string path) => (written, kept) switch
    {
        (JsonObject members, JsonObject others) => members.SelectMany(member => Lost(member.Value, others[member.Key], path + "." + member.Key)),
        (JsonArray items, JsonArray others) when items.Count <= others.Count => items.SelectMany((item, at) => Lost(item, others[at], $"{path}[{at}]")),
        // A field that holds its default may be left out.
        (JsonValue value, null) when value.ToJsonString() == "false" => [],
        (JsonObject { Count: 0 }, null) => [],
        _ => JsonNode.DeepEquals(written, kept) ? [] : [$"{path}: {written?.ToJsonString()} became {kept?.ToJsonString()}"],
    };
}
