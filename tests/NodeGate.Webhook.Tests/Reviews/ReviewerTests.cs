using System.Text.Json.Nodes;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

public sealed class ReviewerTests : IDisposable
{
    private const string App = "reg.example/org/app:1";
    private const string Never = "reg.example/never/app:1";

    private readonly ReviewFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("DELETE", null)]
    [InlineData("CONNECT", null)]
    [InlineData("UPDATE", "status")]
    [InlineData("UPDATE", "scale")]
    public async Task Review_WhatWritesNoSpecification_IsAllowedUnread(string operation, string? subResource)
    {
        var review = Review.OfPod(Never).With(r =>
        {
            r["operation"] = operation;
            r["subResource"] = subResource;
            r["kind"]!["kind"] = "Unheard";
        });

        var response = await _fixture.MutateAsync(review);

        response.AssertAllowed();
        Assert.Empty(_fixture.Gate.Records);
    }

    [Theory]
    [InlineData("example.org", "v1", "Widget")]
    [InlineData("apps", "v1", "Pod")]
    [InlineData("", "v1", "pod")]
    [InlineData("apps", "v2", "Deployment")]
    [InlineData("policy", "v1", "Eviction")]
    public async Task Review_KindThatNobodyKnows_IsRefusedWithTheFix(string group, string version, string kind)
    {
        var message = (await _fixture.MutateAsync(Review.Of(group, version, kind, Review.PodSpec(App)))).AssertRefused(403);

        Assert.Equal(
            $"No image paths are known for {(group.Length == 0 ? "" : group + "/")}{version} {kind}; add it to webhook.resources or take it out of the webhook's rules.", message);
    }

    [Theory]
    [InlineData("kind", "Deployment")]
    [InlineData("apiVersion", "v2")]
    [InlineData("apiVersion", null)]
    public async Task Review_ObjectOfAnotherKindThanTheRequest_IsRefused(string name, string? value)
    {
        var message = (await _fixture.MutateAsync(Review.OfPod(App).With(r => r["object"]![name] = value))).AssertRefused(403);

        Assert.Contains($"The object's own {name} is not that of the request", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_ObjectThatSaysNoKind_IsJudgedByTheRequest()
    {
        var review = Review.OfPod(Never);
        review.Object().Remove("kind");
        review.Object().Remove("apiVersion");

        (await _fixture.MutateAsync(review)).AssertRefused(403);
    }

    [Fact]
    public async Task Review_SubresourceWithAnObject_IsJudged()
    {
        var review = Review.OfPod().UpdateOf().With(r => r["subResource"] = "ephemeralcontainers");
        review.Object()["spec"]!["ephemeralContainers"] = new JsonArray(new JsonObject { ["image"] = Never });

        var message = (await _fixture.MutateAsync(review)).AssertRefused(403);

        Assert.StartsWith("spec.ephemeralContainers[0].image: reg.example/never/app:1: DeniedByRule (rule 'never'): ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_UpdateThatMovesAnOldImage_AsksAboutTheNewOneAlone()
    {
        var digest = _fixture.PushSigned("reg.example/org/app", "1");
        var response = await _fixture.MutateAsync(Review.OfPod(App, Never).UpdateOf(Never));

        response.AssertAllowed();
        Assert.Equal([$"/spec/containers/0/image {App}@{digest}"], response.Changes());
        Assert.Equal([App], _fixture.Gate.Records.Select(r => r.Image));
    }

    [Fact]
    public async Task Review_CreateWithAnOldObject_JudgesEverything()
    {
        // No API server sends one; if it did, nothing would have been judged before.
        var review = Review.OfPod(Never).UpdateOf(Never).With(r => r["operation"] = "CREATE");

        (await _fixture.MutateAsync(review)).AssertRefused(403);
    }

    [Fact]
    public async Task Review_UpdateWithoutOldObject_JudgesEverything() =>
        (await _fixture.MutateAsync(Review.OfPod(Never).With(r => r["operation"] = "UPDATE"))).AssertRefused(403);

    [Fact]
    public async Task Review_NoImages_IsAllowed()
    {
        var review = Review.OfPod("");
        review.Object()["spec"]!["initContainers"] = new JsonArray(new JsonObject { ["image"] = null }, new JsonObject());

        (await _fixture.MutateAsync(review)).AssertAllowed();
        Assert.Empty(_fixture.Gate.Records);
    }

    [Fact]
    public async Task Review_DryRun_LeavesNoRecord()
    {
        _fixture.PushSigned("reg.example/org/app", "1");
        var response = await _fixture.MutateAsync(Review.OfPod(App).With(r => r["dryRun"] = true));

        response.AssertAllowed();
        Assert.Single(response.Changes());
        Assert.Empty(_fixture.Gate.Records);
    }

    [Fact]
    public async Task Review_SameTextTwice_IsJudgedOnceAndPinnedTwice()
    {
        var digest = _fixture.PushSigned("reg.example/org/app", "1");
        var response = await _fixture.MutateAsync(Review.OfPod(App, "reg.example/free/x:1", App));

        Assert.Equal([$"/spec/containers/0/image {App}@{digest}", $"/spec/containers/2/image {App}@{digest}"], response.Changes());
        Assert.Single(_fixture.Gate.Records, r => r.Image == App);
    }

    [Fact]
    public async Task Review_ManyImages_AreJudgedSideBySide()
    {
        var images = Enumerable.Range(0, 6).Select(i => $"reg.example/org/app:{i}").ToArray();
        foreach (var i in Enumerable.Range(0, 6))
        {
            _fixture.PushSigned("reg.example/org/app", $"{i}");
        }

        var held = new RequestGate();
        _fixture.Registry.Intercept = held.HoldAsync;
        var reviewing = _fixture.MutateAsync(Review.OfPod(images));
        await held.UntilHeldAsync(6);
        _fixture.Registry.Intercept = null;
        Assert.Equal(images.Select(i => "resolve " + i), await held.RoundAsync(6));

        (await reviewing).AssertAllowed();
    }

    [Fact]
    public async Task Review_RegistryThatHangs_IsRefusedAtTheDeadlineAsUndetermined()
    {
        var held = new RequestGate();
        _fixture.Registry.Intercept = held.HoldAsync;
        var reviewing = _fixture.MutateAsync(Review.OfPod(App, "reg.example/free/x:1"));
        await held.UntilHeldAsync(1);
        _fixture.Gate.Time.Advance(ReviewFixture.Deadline);

        var message = (await reviewing).AssertRefused(503);

        Assert.StartsWith($"spec.containers[0].image: {App}: TimedOut (rule 'org'): No decision about {App} could be made in time", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_CallerGoesAway_IsNoAnswer()
    {
        var held = new RequestGate();
        _fixture.Registry.Intercept = held.HoldAsync;
        using var caller = new CancellationTokenSource();
        var reviewing = _fixture.ReviewAsync(ReviewMode.Mutate, System.Text.Encoding.UTF8.GetBytes(Review.OfPod(App).ToJsonString()), caller.Token);
        await held.UntilHeldAsync(1);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reviewing);
    }

    [Fact]
    public async Task Review_RegistryDown_IsRefusedAs503()
    {
        _fixture.Registry.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unavailable, "connection refused");

        var message = (await _fixture.MutateAsync(Review.OfPod(App))).AssertRefused(503);

        Assert.StartsWith($"spec.containers[0].image: {App}: RegistryUnavailable (rule 'org'): ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_DeniedBesideUndetermined_Is403AndNamesBothInOrder()
    {
        _fixture.Registry.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unavailable, "connection refused");

        var message = (await _fixture.MutateAsync(Review.OfPod(App, Never, App))).AssertRefused(403);

        var lines = message.Split('\n');
        Assert.Equal("2 images are refused:", lines[0]);
        Assert.StartsWith($"- spec.containers[0].image and 1 more: {App}: RegistryUnavailable (rule 'org'): ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"- spec.containers[1].image: {Never}: DeniedByRule (rule 'never'): ", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task Review_MoreRefusalsThanAreShown_AreCounted()
    {
        var response = await _fixture.MutateAsync(Review.OfPod([.. Enumerable.Range(0, WebhookLimits.MaxImages).Select(i => $"reg.example/never/app:{i}")]));

        var lines = response.AssertRefused(403).Split('\n');

        Assert.Equal(WebhookLimits.MaxRefusalsShown + 2, lines.Length);
        Assert.Equal("- and 120 more", lines[^1]);
    }

    [Fact]
    public async Task Review_RefusalsOfLongTexts_StayWithinTheMessage()
    {
        var images = Enumerable.Range(0, 9).Select(i => $"reg.example/never/{new string('é', 500)}{new string('e', 2000)}\u001b[2J\n- spec: fine\u202e{i}").ToArray();

        var message = (await _fixture.MutateAsync(Review.OfPod(images))).AssertRefused(403);

        Assert.InRange(message.Length, 1000, WebhookLimits.MaxMessageLength);
        Assert.Equal(WebhookLimits.MaxRefusalsShown + 2, message.Split('\n').Length);
        Assert.DoesNotContain(message, c => (char.IsControl(c) && c != '\n') || c == '\u202e');
        Assert.Equal(8, message.Split("InvalidReference: The image reference has").Length - 1);
    }

    [Fact]
    public async Task Review_ImageWithControlCharacters_ForgesNoLine()
    {
        var message = (await _fixture.MutateAsync(Review.OfPod("reg.example/free/x\n- allowed\u001b[2J"))).AssertRefused(403);

        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain('\u001b', message);
    }

    [Fact]
    public async Task Review_MoreImagesThanAreJudged_IsRefusedWithoutAsking()
    {
        var message = (await _fixture.MutateAsync(Review.OfPod([.. Enumerable.Range(0, WebhookLimits.MaxImages + 1).Select(i => $"reg.example/free/app:{i}")]))).AssertRefused(403);

        Assert.Equal("LimitExceeded: the object has 129 different images; at most 128 are judged at once. Split it.", message);
        Assert.Empty(_fixture.Gate.Records);
    }

    [Fact]
    public async Task Review_AuditMode_AllowsWithWarningsAndPinsNothing()
    {
        var images = Enumerable.Range(0, 20).Select(i => $"reg.example/watched/app:{i}").ToArray();
        foreach (var i in Enumerable.Range(0, 20))
        {
            _fixture.Registry.PushImage($"{i}");
        }

        var response = await _fixture.MutateAsync(Review.OfPod(images));

        response.AssertAllowed();
        Assert.Empty(response.Patch());
        var warnings = response.Warnings();
        Assert.Equal(WebhookLimits.MaxWarnings, warnings.Length);
        Assert.StartsWith($"nodegate: would be refused: spec.containers[0].image: {images[0]}: NoSignature (rule 'watched'): ", warnings[0], StringComparison.Ordinal);
        Assert.Equal("nodegate: and 5 more", warnings[^1]);
        Assert.All(warnings, w => Assert.InRange(w.Length, 1, WebhookLimits.MaxWarningLength));
    }

    [Fact]
    public async Task Review_SameRefusalTwice_GivesTheSameBytes()
    {
        _fixture.Registry.PushImage("1");
        var review = Review.OfPod(App, Never, "not//an image");

        var first = await _fixture.MutateAsync(review);
        var second = await _fixture.ValidateAsync(review);

        Assert.Equal(first.ToJsonString(), second.ToJsonString());
    }

    [Fact]
    public async Task Review_NamespaceOfTheRequest_ChoosesTheRule()
    {
        _fixture.Registry.PushImage("1");
        var review = Review.OfPod("reg.example/tenant/app:1");

        Assert.Contains("NoMatchingRule", (await _fixture.MutateAsync(review)).AssertRefused(403), StringComparison.Ordinal);
        review.Request()["namespace"] = "prod-a";
        Assert.Contains("NoSignature (rule 'prod')", (await _fixture.MutateAsync(review)).AssertRefused(403), StringComparison.Ordinal);
    }
}
