using System.Text.Json;
using System.Text.Json.Nodes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>Gatekeeper's questions, as its external data client puts them, about really signed images.</summary>
[Collection(WebhookDefinition.Name)]
public sealed class GatekeeperTests(WebhookWorld world)
{
    [RealPartTheory("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [InlineData("externaldata.gatekeeper.sh/v1beta1")]
    [InlineData("externaldata.gatekeeper.sh/v1alpha1")]
    public async Task Validate_Keys_AreAdmittedByDigestOrHaveAnError(string apiVersion)
    {
        var images = await world.ImagesAsync();

        var (inside, outside, down) = ("[prod-a]" + images.Tenant.ByTag, "[dev]" + images.Tenant.ByTag, images.Down + "/app:1");
        var answer = await AskAsync("validate", apiVersion, images.Signed.ByTag, inside, outside, images.Unsigned.ByTag, down);

        Assert.Equal(apiVersion, answer.ApiVersion);
        Assert.Equal(images.Signed.ByDigest, answer.Items[images.Signed.ByTag].Value);
        Assert.Equal(images.Tenant.ByDigest, answer.Items[inside].Value);
        Assert.Contains("NoMatchingRule", answer.Items[outside].Error, StringComparison.Ordinal);
        Assert.Contains("NoSignature", answer.Items[images.Unsigned.ByTag].Error, StringComparison.Ordinal);
        Assert.Contains("RegistryUnavailable", answer.Items[down].Error, StringComparison.Ordinal);
        // Never both, and never neither.
        Assert.All(answer.Items.Values, item => Assert.True(item.Value is null != item.Error is null));
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_Keys_ArePinnedAndStayAsTheyAreWhenAskedAgain()
    {
        var images = await world.ImagesAsync();

        var named = "[prod-a]" + images.Signed.ByTag;
        var answer = await AskAsync(
            "mutate", "externaldata.gatekeeper.sh/v1beta1", images.Signed.ByTag, images.Signed.ByBoth, images.Unsigned.ByTag, named);

        Assert.True(answer.Idempotent);
        Assert.Equal(images.Signed.ByBoth, answer.Items[images.Signed.ByTag].Value);
        Assert.Equal(images.Signed.ByBoth, answer.Items[images.Signed.ByBoth].Value);
        Assert.Contains("NoSignature", answer.Items[images.Unsigned.ByTag].Error, StringComparison.Ordinal);
        // Its answer would become the image.
        Assert.NotNull(answer.Items[named].Error);
    }

    private async Task<Provided> AskAsync(string way, string apiVersion, params string[] keys)
    {
        var question = new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = "ProviderRequest",
            ["request"] = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]) },
        };
        var answer = await (await world.PinningAsync()).PostAsync("/gatekeeper/" + way, question.ToJsonString());
        Assert.Equal("ProviderResponse", answer.GetProperty("kind").GetString());
        var response = answer.GetProperty("response");
        Assert.False(response.TryGetProperty("systemError", out var error) && error.GetString() is { Length: > 0 });
        return new Provided(
            answer.GetProperty("apiVersion").GetString()!,
            response.GetProperty("idempotent").GetBoolean(),
            response.GetProperty("items").EnumerateArray()
                .ToDictionary(item => item.GetProperty("key").GetString()!, item => (Text(item, "value"), Text(item, "error"))));
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private sealed record Provided(string ApiVersion, bool Idempotent, Dictionary<string, (string? Value, string? Error)> Items);
}
