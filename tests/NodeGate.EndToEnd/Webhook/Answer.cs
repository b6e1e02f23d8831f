using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>What the webhook answered.</summary>
internal sealed record Answer(bool Allowed, int Code, string Message, IReadOnlyList<string> Warnings, JsonArray Patch)
{
    internal static Answer From(JsonElement review)
    {
        var response = review.GetProperty("response");
        var status = response.TryGetProperty("status", out var found) ? found : default;
        var isRefused = status.ValueKind == JsonValueKind.Object;
        return new Answer(
            response.GetProperty("allowed").GetBoolean(),
            isRefused ? status.GetProperty("code").GetInt32() : 200,
            isRefused ? status.GetProperty("message").GetString()! : "",
            response.TryGetProperty("warnings", out var warnings) ? [.. warnings.EnumerateArray().Select(warning => warning.GetString()!)] : [],
            response.TryGetProperty("patch", out var patch) ? JsonNode.Parse(Convert.FromBase64String(patch.GetString()!))!.AsArray() : []);
    }

    /// <summary>The object with the patch applied (RFC 6902, of which a webhook that only replaces needs one operation).</summary>
    internal JsonObject ApplyTo(JsonObject @object)
    {
        var changed = @object.DeepClone().AsObject();
        foreach (var operation in Patch)
        {
            Assert.Equal("replace", (string?)operation!["op"]);
            Assert.Equal(["op", "path", "value"], operation.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
            JsonNode node = changed;
            var steps = ((string)operation["path"]!).Split('/').Skip(1)
                .Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
            foreach (var step in steps.SkipLast(1))
            {
                node = Child(node, step) ?? throw new InvalidDataException("the patch leads nowhere: " + operation["path"]);
            }

            Assert.NotNull(Child(node, steps[^1]));
            ((JsonObject)node)[steps[^1]] = operation["value"]!.DeepClone();
        }

        return changed;
    }

    private static JsonNode? Child(JsonNode node, string step) =>
        node is JsonArray items ? items[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : node[step];
}
