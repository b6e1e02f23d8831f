using System.Text.Json;

namespace NodeGate.Webhook.Reviews;

/// <summary>What a value is, in a sentence.</summary>
internal static class JsonNames
{
    internal static string Of(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };
}
