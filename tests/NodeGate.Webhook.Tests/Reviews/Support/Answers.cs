using System.Text.Json.Nodes;

namespace NodeGate.Webhook.Tests.Reviews.Support;

/// <summary>What a response says.</summary>
internal static class Answers
{
    public static bool Allowed(this JsonObject response) => (bool)response["allowed"]!;

    public static JsonArray Patch(this JsonObject response)
    {
        if (response["patch"] is not { } patch)
        {
            Assert.Null(response["patchType"]);
            return [];
        }

        Assert.Equal("JSONPatch", (string?)response["patchType"]);
        return JsonNode.Parse(Convert.FromBase64String((string)patch!))!.AsArray();
    }

    /// <summary>The patch as <c>pointer value</c>.</summary>
    public static string[] Changes(this JsonObject response) => [.. response.Patch().Select(o => $"{o!["path"]} {o["value"]}")];

    public static string[] Warnings(this JsonObject response) => [.. (response["warnings"]?.AsArray() ?? []).Select(w => (string)w!)];

    public static string Message(this JsonObject response) => (string)response["status"]!["message"]!;

    /// <summary>A refusal, which changes nothing.</summary>
    public static string AssertRefused(this JsonObject response, int code)
    {
        Assert.False(response.Allowed(), response.ToJsonString());
        Assert.Empty(response.Patch());
        Assert.Equal(code, (int)response["status"]!["code"]!);
        Assert.Equal(code == 503 ? "ServiceUnavailable" : "Forbidden", (string?)response["status"]!["reason"]);
        return response.Message();
    }

    public static void AssertAllowed(this JsonObject response) => Assert.True(response.Allowed(), response.ToJsonString());
}
