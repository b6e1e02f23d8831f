using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

public sealed class CredentialTests : IDisposable
{
    private const string App = "reg.example/org/app:1";

    private readonly ReviewFixture _fixture = new();
    private readonly List<string?> _users = [];

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Review_SecretsOfThePod_AreTriedInOrderUntilOneIsGood()
    {
        _fixture.PushSigned("reg.example/org/app", "1");
        _fixture.Credentials.Users["regcred"] = ["old", "good", "never asked"];
        Admit("good");

        var response = await _fixture.MutateAsync(With(Review.OfPod(App), "runner", "regcred", "other"));

        Assert.Single(response.Changes());
        Assert.Equal(["old", "good"], _users.Distinct());
        var asked = Assert.Single(_fixture.Credentials.Asked);
        Assert.Equal(("prod", "runner"), (asked.Namespace, asked.ServiceAccount));
        Assert.Equal(["regcred", "other"], asked.Secrets.AsEnumerable());
    }

    [Fact]
    public async Task Review_ImageThatRegistryHides_IsAskedForWithTheNextCredentials()
    {
        _fixture.PushSigned("reg.example/org/app", "1");
        _fixture.Credentials.Users["default"] = ["blind", "good"];
        Admit("good", ContentFailure.NotFound);

        (await _fixture.MutateAsync(Review.OfPod(App))).AssertAllowed();
    }

    [Fact]
    public async Task Review_RegistryThatIsDown_IsNotAskedWithTheNextCredentials()
    {
        _fixture.Credentials.Users["default"] = ["a", "b"];
        Admit("none", ContentFailure.Unavailable);

        (await _fixture.MutateAsync(Review.OfPod(App))).AssertRefused(503);
        Assert.Equal(["a"], _users);
    }

    /// <summary>Attack: a secret with a thousand entries for a registry that refuses all: as many requests, and records in the audit log.</summary>
    [Fact]
    public async Task Review_MoreCredentialsThanAreTried_SaysSo()
    {
        _fixture.Credentials.Users["default"] = [.. Enumerable.Range(0, 1000).Select(i => $"u{i}")];
        Admit("u999");

        var message = (await _fixture.MutateAsync(Review.OfPod(App))).AssertRefused(503);

        Assert.EndsWith("Only the first 16 credentials for it were tried.", message, StringComparison.Ordinal);
        Assert.Equal(WebhookLimits.MaxCredentials, _users.Distinct().Count());
        Assert.Equal(WebhookLimits.MaxCredentials, _fixture.Gate.Records.Count);
    }

    [Fact]
    public async Task Review_UnsignedImage_IsNotAskedForWithTheNextCredentials()
    {
        _fixture.Registry.PushImage("1");
        _fixture.Credentials.Users["default"] = ["a", "b"];
        Admit("a");

        (await _fixture.MutateAsync(Review.OfPod(App))).AssertRefused(403);
        Assert.Equal(["a"], _users.Distinct());
    }

    [Fact]
    public async Task Review_NoCredentialIsGood_TellsWhatCouldNotBeRead()
    {
        _fixture.Credentials.Problems = ["Secret 'regcred' cannot be read; give the webhook a Role for it."];
        Admit("none");

        var message = (await _fixture.MutateAsync(Review.OfPod(App))).AssertRefused(503);

        Assert.StartsWith($"spec.containers[0].image: {App}: Unauthorized (rule 'org'): ", message, StringComparison.Ordinal);
        Assert.EndsWith(" Secret 'regcred' cannot be read; give the webhook a Role for it.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_RefusedForAnotherReason_DoesNotTellOfCredentials()
    {
        _fixture.Registry.PushImage("1");
        _fixture.Credentials.Problems = ["Secret 'regcred' cannot be read."];

        Assert.DoesNotContain("regcred", (await _fixture.MutateAsync(Review.OfPod(App))).AssertRefused(403), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_ApiServerThatHangs_LeavesHalfOfTheTimeForTheImage()
    {
        _fixture.PushSigned("reg.example/org/app", "1");
        _fixture.Credentials.IsSilent = true;
        var reviewing = _fixture.MutateAsync(Review.OfPod(App));
        _fixture.Gate.Time.Advance(ReviewFixture.Deadline / 2);

        (await reviewing).AssertAllowed();
    }

    [Fact]
    public async Task Review_ApiServerThatHangsAndPrivateImage_SaysBoth()
    {
        _fixture.Credentials.IsSilent = true;
        Admit("none");
        var reviewing = _fixture.MutateAsync(Review.OfPod(App));
        _fixture.Gate.Time.Advance(ReviewFixture.Deadline / 2);

        Assert.EndsWith("The pull secrets could not be read in time; try again.", (await reviewing).AssertRefused(503), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_SeveralPodSpecifications_HaveTheirOwnSecretsUpToALimit()
    {
        using var fixture = new ReviewFixture(null, PinMode.Pods, new ResourceImages("example.org", "Set", [ReviewFixture.Path("$.spec.pods[*]")], []));
        fixture.Registry.Intercept = (_, credential, _) =>
        {
            lock (_users)
            {
                _users.Add(credential?.Username);
            }

            throw new ContentException(ContentFailure.Unauthorized, "401");
        };
        foreach (var i in Enumerable.Range(0, 20))
        {
            fixture.Credentials.Users[$"s{i}"] = [$"u{i}"];
        }

        var pods = Enumerable.Range(0, 20).Select(i => With(Review.OfPod($"reg.example/org/app:{i}"), null, $"s{i}").Object()["spec"]!.DeepClone());
        var message = (await fixture.MutateAsync(Review.Of("example.org", "v1", "Set", new JsonObject { ["pods"] = new JsonArray([.. pods]) }))).AssertRefused(503);

        Assert.Equal(WebhookLimits.MaxPullSecretsOwners, fixture.Credentials.Asked.Count);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"u{i}").Order(StringComparer.Ordinal), _users.OfType<string>().Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("20 images are refused", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_MoreSecretsThanAreRead_AsksForTheFirst()
    {
        _fixture.Registry.PushImage("1");

        await _fixture.MutateAsync(With(Review.OfPod(App), null, [.. Enumerable.Range(0, 40).Select(i => $"s{i}")]));

        Assert.Equal(WebhookLimits.MaxPullSecrets, Assert.Single(_fixture.Credentials.Asked).Secrets.Length);
    }

    [Theory]
    [InlineData("""{"imagePullSecrets": "x", "serviceAccountName": 3}""")]
    [InlineData("""{"imagePullSecrets": [3, null, {"name": 3}, {"name": ""}, []], "serviceAccountName": null}""")]
    public async Task Review_MalformedSecrets_AreNone(string spec)
    {
        _fixture.Registry.PushImage("1");
        var review = Review.OfPod(App);
        foreach (var (name, value) in JsonNode.Parse(spec)!.AsObject())
        {
            review.Object()["spec"]![name] = value?.DeepClone();
        }

        (await _fixture.MutateAsync(review)).AssertRefused(403);

        var asked = Assert.Single(_fixture.Credentials.Asked);
        Assert.Null(asked.ServiceAccount);
        Assert.Empty(asked.Secrets);
    }

    [Fact]
    public async Task Review_ClusterScopedObject_HasNoSecrets()
    {
        _fixture.Registry.PushImage("1");
        var review = Review.OfPod(App);
        review.Request().Remove("namespace");

        (await _fixture.MutateAsync(review)).AssertRefused(403);

        Assert.Empty(_fixture.Credentials.Asked);
    }

    private static JsonObject With(JsonObject review, string? account, params string[] secrets)
    {
        var spec = review.Object()["spec"]!;
        spec["serviceAccountName"] = account;
        spec["imagePullSecrets"] = new JsonArray([.. secrets.Select(s => new JsonObject { ["name"] = s })]);
        return review;
    }

    private void Admit(string user, ContentFailure failure = ContentFailure.Unauthorized) => _fixture.Registry.Intercept = (_, credential, _) =>
    {
        lock (_users)
        {
            _users.Add(credential?.Username);
        }

        return credential?.Username == user ? Task.CompletedTask : throw new ContentException(failure, $"{failure}");
    };
}
