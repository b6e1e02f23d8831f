using System.Text.Json.Nodes;

namespace NodeGate.Webhook.Tests.Reviews.Support;

/// <summary>Applies a JSON patch (RFC 6902) of nothing but <c>replace</c> as the API server would; written for the tests, by the RFC alone.</summary>
internal static class PatchedObject
{
    public static JsonNode Apply(JsonNode target, JsonArray patch)
    {
        var result = target.DeepClone();
        foreach (var operation in patch)
        {
            Assert.Equal("replace", (string?)operation!["op"]);
            Assert.Equal(3, operation.AsObject().Count);
            var path = (string)operation["path"]!;
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            var tokens = path[1..].Split('/').Select(t => t.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
            var owner = tokens[..^1].Aggregate(result, (node, token) => Child(node, token)!);
            Assert.NotNull(Child(owner, tokens[^1]));
            if (owner is JsonArray list)
            {
                list[Index(tokens[^1])] = operation["value"]!.DeepClone();
            }
            else
            {
                owner[tokens[^1]] = operation["value"]!.DeepClone();
            }
        }

        return result;
    }

    /// <summary>Each place at which two objects differ, as <c>pointer: old -> new</c>.</summary>
    public static IEnumerable<string> Differences(JsonNode? before, JsonNode? after, string path = "")
    {
        switch (before, after)
        {
            case (JsonObject old, JsonObject now):
                Assert.Equal(old.Select(p => p.Key), now.Select(p => p.Key));
                return old.SelectMany(p => Differences(p.Value, now[p.Key], $"{path}/{p.Key}"));
            case (JsonArray old, JsonArray now):
                Assert.Equal(old.Count, now.Count);
                return old.SelectMany((v, i) => Differences(v, now[i], $"{path}/{i}"));
            default:
                return JsonNode.DeepEquals(before, after) ? [] : [$"{path}: {before} -> {after}"];
        }
    }

    private static JsonNode? Child(JsonNode node, string token) => node is JsonArray list ? list[Index(token)] : node[token];

    private static int Index(string token) => int.Parse(token, System.Globalization.CultureInfo.InvariantCulture);
}
