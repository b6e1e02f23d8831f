using System.Net;
using System.Text.Json.Nodes;
using NodeGate.Webhook.Tests.Reviews.Support;
using NodeGate.Webhook.Tests.Serving;

namespace NodeGate.Webhook.Tests.Gatekeeper;

/// <summary>Gatekeeper's questions over TLS, through the real gate.</summary>
public sealed class ImageProviderTests
{
    private const string App = "reg.example/org/app:1";

    [Fact]
    public async Task Validate_EachKind_HasAValueOrAnError()
    {
        using var fixture = new ReviewFixture();
        var digest = fixture.PushSigned("reg.example/org/app", "1");
        await using var bed = await ServerBed.StartAsync(fixture.Gate.Gate, fixture.Gate.Policies);

        var response = await AskAsync(bed, "/gatekeeper/validate", App, $"reg.example/org/app@{digest}", "reg.example/free/app:1", "reg.example/never/app:1", "reg.example/org/app:none", "no image!", "");

        Assert.False((bool)response["idempotent"]!);
        Assert.Equal($"reg.example/org/app@{digest}", Value(response, 0));
        Assert.Equal($"reg.example/org/app@{digest}", Value(response, 1));
        Assert.Equal("reg.example/free/app:1", Value(response, 2));
        Assert.StartsWith("DeniedByRule (rule 'never'): ", Error(response, 3), StringComparison.Ordinal);
        Assert.StartsWith("ImageNotFound", Error(response, 4), StringComparison.Ordinal);
        Assert.StartsWith("InvalidReference", Error(response, 5), StringComparison.Ordinal);
        Assert.StartsWith("InvalidReference", Error(response, 6), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_Namespace_SelectsTheRule()
    {
        using var fixture = new ReviewFixture();
        fixture.PushSigned("reg.example/tenant/app", "1");
        await using var bed = await ServerBed.StartAsync(fixture.Gate.Gate, fixture.Gate.Policies);

        var response = await AskAsync(bed, "/gatekeeper/validate", "[prod-1]reg.example/tenant/app:1", "[dev]reg.example/tenant/app:1", "reg.example/tenant/app:1");

        Assert.StartsWith("reg.example/tenant/app@sha256:", Value(response, 0), StringComparison.Ordinal);
        Assert.StartsWith("NoMatchingRule", Error(response, 1), StringComparison.Ordinal);
        Assert.StartsWith("NoMatchingRule", Error(response, 2), StringComparison.Ordinal);
        Assert.Equal("[prod-1]reg.example/tenant/app:1", (string?)response["items"]![0]!["key"]);
    }

    [Fact]
    public async Task Mutate_EachKind_IsPinnedOrStaysOrIsRefused()
    {
        using var fixture = new ReviewFixture();
        var digest = fixture.PushSigned("reg.example/org/app", "1");
        await using var bed = await ServerBed.StartAsync(fixture.Gate.Gate, fixture.Gate.Policies);

        var response = await AskAsync(
            bed, "/gatekeeper/mutate", App, $"{App}@{digest}", "reg.example/free/app", "reg.example/never/app:1", $"[prod]{App}");

        Assert.True((bool)response["idempotent"]!);
        Assert.Equal($"{App}@{digest}", Value(response, 0));
        Assert.Equal($"{App}@{digest}", Value(response, 1));
        Assert.Equal("reg.example/free/app", Value(response, 2));
        Assert.StartsWith("DeniedByRule", Error(response, 3), StringComparison.Ordinal);
        Assert.StartsWith("InvalidReference", Error(response, 4), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/gatekeeper/validate")]
    [InlineData("/gatekeeper/mutate")]
    public async Task Ask_GateThatNeverAnswers_HasErrorsInTime(string path)
    {
        using var fixture = new ReviewFixture();
        await using var bed = await ServerBed.StartAsync(new SilentGate(), fixture.Gate.Policies);

        var response = await AskAsync(bed, path + "?timeout=600ms", App, "reg.example/org/other:1");

        Assert.StartsWith("TimedOut", Error(response, 0), StringComparison.Ordinal);
        Assert.StartsWith("TimedOut", Error(response, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_NoQuestionOfGatekeeper_Is400()
    {
        using var fixture = new ReviewFixture();
        await using var bed = await ServerBed.StartAsync(fixture.Gate.Gate, fixture.Gate.Policies);
        using var client = bed.Client();

        using var answer = await client.PostAsync("/gatekeeper/validate", ServerBed.Json(Review.OfPod(App).ToJsonString()));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static string Value(JsonNode response, int index)
    {
        var item = response["items"]![index]!.AsObject();
        Assert.False(item.ContainsKey("error"), item.ToJsonString());
        return (string)item["value"]!;
    }

    private static string Error(JsonNode response, int index)
    {
        var item = response["items"]![index]!.AsObject();
        Assert.False(item.ContainsKey("value"), item.ToJsonString());
        return (string)item["error"]!;
    }

    private static async Task<JsonNode> AskAsync(ServerBed bed, string path, params string[] keys)
    {
        using var client = bed.Client();
        var question = new JsonObject
        {
            ["apiVersion"] = "externaldata.gatekeeper.sh/v1beta1",
            ["kind"] = "ProviderRequest",
            ["request"] = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]) },
        };
        using var answer = await client.PostAsync(path, ServerBed.Json(question.ToJsonString()));
        var tree = JsonNode.Parse(await answer.Content.ReadAsByteArrayAsync())!;
        Assert.Equal("externaldata.gatekeeper.sh/v1beta1", (string?)tree["apiVersion"]);
        Assert.Equal("ProviderResponse", (string?)tree["kind"]);
        Assert.Equal(keys, tree["response"]!["items"]!.AsArray().Select(item => (string)item!["key"]!));
        return tree["response"]!;
    }
}
