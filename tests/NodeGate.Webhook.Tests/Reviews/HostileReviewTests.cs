using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Recorded;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

/// <summary>Objects that no honest author writes: an answer each time, soon, and never the wrong one.</summary>
public sealed class HostileReviewTests : IDisposable
{
    private const string App = "reg.example/org/app:1";

    private readonly ReviewFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Review_TenThousandContainersOfOneImage_AreJudgedOnce()
    {
        var digest = _fixture.PushSigned("reg.example/org/app", "1");
        var review = Review.OfPod([.. Enumerable.Repeat(App, 10_000)]);

        var response = await _fixture.MutateAsync(review);

        Assert.Equal(10_000, response.Changes().Length);
        Assert.Single(_fixture.Gate.Records);
        var after = PatchedObject.Apply(review.Object(), response.Patch());
        Assert.All(after["spec"]!["containers"]!.AsArray(), c => Assert.Equal($"{App}@{digest}", (string?)c!["image"]));
    }

    [Fact]
    public async Task Review_TenThousandDifferentImages_AreRefusedUnasked()
    {
        var message = (await _fixture.MutateAsync(Review.OfPod([.. Enumerable.Range(0, 10_000).Select(i => $"reg.example/org/app:{i}")]))).AssertRefused(403);

        Assert.StartsWith("LimitExceeded: the object has 10000 different images; at most 128", message, StringComparison.Ordinal);
        Assert.Empty(_fixture.Registry.Requests);
    }

    [Fact]
    public async Task Review_MorePlacesThanTheLimit_IsRefused()
    {
        var message = (await _fixture.MutateAsync(Review.OfPod([.. Enumerable.Repeat(App, WebhookLimits.MaxImagePlaces + 1)]))).AssertRefused(403);

        Assert.Equal("LimitExceeded: the object names images at more than 16384 places. Split it.", message);
    }

    [Fact]
    public async Task Review_OldObjectBeyondTheLimit_CountsAsFarAsItWasRead()
    {
        var review = Review.OfPod("reg.example/never/app:1").UpdateOf([.. Enumerable.Repeat("x", WebhookLimits.MaxImagePlaces + 1), "reg.example/never/app:1"]);

        (await _fixture.MutateAsync(review)).AssertRefused(403);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("1e400")]
    [InlineData("true")]
    [InlineData("{\"image\": \"reg.example/free/x\"}")]
    [InlineData("[\"reg.example/free/x\"]")]
    public async Task Review_ImageThatIsNoText_IsRefusedInEveryPlace(string value)
    {
        foreach (var field in (string[])["initContainers", "containers", "ephemeralContainers"])
        {
            var text = Review.OfPod().ToJsonString().Replace("\"containers\":[]", $"\"{field}\":[{{\"image\":{value}}}]", StringComparison.Ordinal);
            var response = await _fixture.ReviewAsync(ReviewMode.Mutate, Encoding.UTF8.GetBytes(text));

            Assert.StartsWith($"spec.{field}[0].image: InvalidReference: found ", response.AssertRefused(403), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Review_ManyFaults_AreCounted()
    {
        var text = Review.OfPod().ToJsonString().Replace("\"containers\":[]", $"\"containers\":[{string.Join(',', Enumerable.Repeat("{\"image\":1}", 10_000))}]", StringComparison.Ordinal);

        var message = (await _fixture.ReviewAsync(ReviewMode.Mutate, Encoding.UTF8.GetBytes(text))).AssertRefused(403);

        Assert.StartsWith("10000 places cannot be read", message, StringComparison.Ordinal);
        Assert.EndsWith("\n- and 9992 more", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, WebhookLimits.MaxMessageLength);
    }

    [Fact]
    public async Task Review_VeryLongImage_IsRefusedShortly()
    {
        var message = (await _fixture.MutateAsync(Review.OfPod(new string('a', 4_000_000)))).AssertRefused(403);

        Assert.Equal("spec.containers[0].image: InvalidReference: found a text of more than 6144 bytes, expected an image reference", message);
    }

    [Fact]
    public async Task Review_LargeObject_IsAnsweredWithItsImages()
    {
        // As large as an API server takes one, twice.
        var digest = _fixture.PushSigned("reg.example/org/app", "7");
        var review = RecordedReview.Tree("deployment-update");
        foreach (var part in (string[])["object", "oldObject"])
        {
            var metadata = review["request"]![part]!["metadata"]!;
            metadata["annotations"] = new JsonObject([.. Enumerable.Range(0, 3000).Select(i => KeyValuePair.Create($"example.org/a{i}", (JsonNode?)new string('ß', 250)))]);
        }

        var bytes = Encoding.UTF8.GetBytes(review.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.InRange(bytes.Length, 3_000_000, WebhookLimits.MaxReviewBytes);
        _fixture.Options = new ReviewOptions { Pin = PinMode.All };

        var response = await _fixture.ReviewAsync(ReviewMode.Mutate, bytes);

        Assert.Equal([$"/spec/template/spec/containers/0/image reg.example/org/app:7@{digest}"], response.Changes());
    }

    [Theory]
    [InlineData(0, "InvalidReference: ")]
    [InlineData(1, "found a text of more than 6144 bytes, expected an image reference")]
    public async Task Review_ImageOfManyLetters_IsRefusedUnread(int beyond, string expected)
    {
        var text = new string('a', WebhookLimits.MaxImageBytes - "\"\"".Length + beyond);

        var message = (await _fixture.MutateAsync(Review.OfPod(text))).AssertRefused(403);

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Equal(1 - beyond, _fixture.Gate.Records.Count);
    }

    [Fact]
    public void Read_MillionKeysAtTheLimit_EndsSoon()
    {
        var text = new StringBuilder("{\"apiVersion\":\"admission.k8s.io/v1\",\"x\":{");
        for (var i = 0; text.Length < WebhookLimits.MaxReviewBytes - 100; i++)
        {
            text.Append(i == 0 ? "" : ",").Append('"').Append(i.ToString("x", System.Globalization.CultureInfo.InvariantCulture)).Append("\":0");
        }

        var bytes = Encoding.UTF8.GetBytes(text.Append("}}").ToString());
        var started = Stopwatch.GetTimestamp();

        Assert.Throws<ReviewFormatException>(() => AdmissionReviewReader.Read(bytes));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
