using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NodeGate.Testing.Time;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Recorded;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Serving;

/// <summary>Whole reviews over TLS, as an API server sends them, through the real gate.</summary>
public sealed class ServedReviewTests
{
    public static TheoryData<string> Names => [.. RecordedReview.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Post_RecordedReview_IsAnsweredAsTheReviewerSays(string name)
    {
        using var fixture = new ReviewFixture(pin: PinMode.All, resources: ReviewFixture.Rollout);
        fixture.PushRecorded();
        await using var bed = await StartAsync(fixture);
        using var client = bed.Client();

        foreach (var mode in Enum.GetValues<ReviewMode>())
        {
            var served = await PostAsync(client, mode == ReviewMode.Mutate ? "/mutate" : "/validate", RecordedReview.Read(name));

            var expected = await fixture.ReviewAsync(mode, RecordedReview.Read(name));
            Assert.Equal(expected.ToJsonString(), served["response"]!.ToJsonString());
        }
    }

    [Fact]
    public async Task Post_ManyReviewsOnOneConnection_AreEachAnsweredWithTheirOwn()
    {
        using var fixture = new ReviewFixture();
        fixture.PushSigned("reg.example/org/app", "1");
        await using var bed = await StartAsync(fixture);
        using var client = bed.Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            var review = Review.OfPod(i % 2 == 0 ? "reg.example/org/app:1" : "reg.example/never/app:1").With(request => request["uid"] = $"uid-{i}");
            return (Index: i, Answer: (await PostAsync(client, "/mutate", System.Text.Encoding.UTF8.GetBytes(review.ToJsonString())))["response"]!.AsObject());
        }));

        Assert.All(answers, a =>
        {
            Assert.Equal($"uid-{a.Index}", (string?)a.Answer["uid"]);
            Assert.Equal(a.Index % 2 == 0, a.Answer.Allowed());
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}{}")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","apiVersion":"admission.k8s.io/v1"}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{}}""")]
    public async Task Post_NoReview_Is400(string body)
    {
        using var fixture = new ReviewFixture();
        await using var bed = await StartAsync(fixture);
        using var client = bed.Client();

        using var answer = await client.PostAsync("/validate", ServerBed.Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Post_GateThatNeverAnswers_IsRefusedInTime()
    {
        using var fixture = new ReviewFixture();
        var time = new FakeTimeProvider();
        await using var bed = await ServerBed.StartAsync(new SilentGate(), fixture.Gate.Policies, time: time);
        using var client = bed.Client();
        var review = System.Text.Encoding.UTF8.GetBytes(Review.OfPod("reg.example/org/app:1").ToJsonString());

        var asked = PostAsync(client, "/mutate?timeout=2s", review);
        await time.UntilTimersAsync(3); // Of the request, of the review, and of who waits for it.
        time.Advance(TimeSpan.FromMilliseconds(1749));
        Assert.False(asked.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        var response = (await asked)["response"]!.AsObject();
        Assert.StartsWith("TimedOut: ", response.AssertRefused(503), StringComparison.Ordinal);
        Assert.Contains("outcome=\"Undetermined\"} 1\n", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static Task<ServerBed> StartAsync(ReviewFixture fixture) => ServerBed.StartAsync(
        fixture.Gate.Gate, fixture.Gate.Policies, options => options with { Pin = fixture.Options.Pin, Resources = fixture.Options.Resources });

    private static async Task<JsonObject> PostAsync(HttpClient client, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await client.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsByteArrayAsync())!.AsObject();
    }
}
