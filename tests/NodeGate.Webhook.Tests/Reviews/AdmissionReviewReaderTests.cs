using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Recorded;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

public sealed class AdmissionReviewReaderTests
{
    [Fact]
    public void Read_Recorded_HasWhatTheEnvelopeSays()
    {
        using var review = AdmissionReviewReader.Read(RecordedReview.Read("pod-ephemeralcontainers"));

        Assert.Equal((string?)RecordedReview.Tree("pod-ephemeralcontainers")["request"]!["uid"], review.Uid);
        Assert.Equal(new ObjectKind("", "v1", "Pod"), review.Kind);
        Assert.Equal(("ephemeralcontainers", "web", "prod"), (review.SubResource, review.Name, review.Namespace));
        Assert.Equal(ReviewOperation.Update, review.Operation);
        Assert.False(review.IsDryRun);
        Assert.NotNull(review.Object);
        Assert.NotNull(review.OldObject);
    }

    [Fact]
    public void Read_Smallest_HasNothingElse()
    {
        using var review = AdmissionReviewReader.Read(
            """{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"version":"v1","kind":"Pod"},"operation":"DELETE"}}"""u8.ToArray());

        Assert.Equal((null, null, null), (review.SubResource, review.Name, review.Namespace));
        Assert.Null(review.Object);
        Assert.Null(review.OldObject);
        Assert.False(review.IsDryRun);
    }

    [Theory]
    [InlineData("apiVersion", "\"admission.k8s.io/v1beta1\"", "found 'admission.k8s.io/v1beta1' at apiVersion, expected 'admission.k8s.io/v1'")]
    [InlineData("apiVersion", "null", "found nothing at apiVersion")]
    [InlineData("kind", "\"Pod\"", "found 'Pod' at kind, expected 'AdmissionReview'")]
    [InlineData("kind", "3", "found a number at kind, expected a text")]
    [InlineData("request", "null", "found nothing at request, expected an object: this is a review to be answered")]
    [InlineData("request", "[]", "found a list at request, expected an object")]
    [InlineData("request.uid", "null", "found nothing at request.uid")]
    [InlineData("request.uid", "\"\"", "found nothing at request.uid")]
    [InlineData("request.uid", "{}", "found an object at request.uid, expected a text")]
    [InlineData("request.kind", "null", "found nothing at request.kind")]
    [InlineData("request.kind", "\"Pod\"", "found a text at request.kind, expected an object")]
    [InlineData("request.kind.kind", "null", "found nothing at request.kind.kind")]
    [InlineData("request.kind.version", "\"\"", "found nothing at request.kind.version")]
    [InlineData("request.kind.group", "3", "found a number at request.kind.group, expected a text")]
    [InlineData("request.operation", "null", "found nothing at request.operation")]
    [InlineData("request.operation", "\"create\"", "found 'create' at request.operation, expected CREATE, UPDATE, DELETE or CONNECT")]
    [InlineData("request.subResource", "false", "found a truth value at request.subResource, expected a text")]
    [InlineData("request.namespace", "[]", "found a list at request.namespace, expected a text")]
    [InlineData("request.name", "1", "found a number at request.name, expected a text")]
    [InlineData("request.object", "null", "found nothing at request.object, expected the object")]
    [InlineData("request.object", "[]", "found a list at request.object, expected an object")]
    [InlineData("request.oldObject", "\"x\"", "found a text at request.oldObject, expected an object")]
    [InlineData("request.dryRun", "\"false\"", "found a text at request.dryRun, expected true or false")]
    public void Read_WhatIsNoReview_SaysWhatAndWhere(string path, string value, string expected)
    {
        var review = Review.OfPod("a");
        var steps = path.Split('.');
        steps[..^1].Aggregate((JsonNode)review, (node, step) => node[step]!)[steps[^1]] = JsonNode.Parse(value);

        Assert.Contains(expected, Refuse(review.ToJsonString()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"AdmissionReview\"")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{/* comment */}")]
    [InlineData("{\"kind\": \"AdmissionReview\",}")]
    [InlineData("{\"kind\": \"\\ud800\"}")]
    public void Read_WhatIsNoDocument_IsRefused(string text) => Refuse(text);

    [Fact]
    public void Read_BadUtf8_IsRefused()
    {
        var bytes = Encoding.UTF8.GetBytes(Review.OfPod("a").ToJsonString());
        bytes[Array.IndexOf(bytes, (byte)'a')] = 0xff;

        Assert.Throws<ReviewFormatException>(() => AdmissionReviewReader.Read(bytes));
    }

    [Fact]
    public void Read_NamesBeyondTheLimit_AreRefused()
    {
        var longest = new string('n', WebhookLimits.MaxNameLength);
        using var review = AdmissionReviewReader.Read(Bytes(Review.OfPod("a").With(r => r["uid"] = longest)));
        Assert.Equal(longest, review.Uid);

        Assert.Contains(
            "found 513 characters at request.uid, expected at most 512", Refuse(Review.OfPod("a").With(r => r["uid"] = longest + "n").ToJsonString()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TruncatedAnywhere_IsRefused()
    {
        var bytes = Bytes(Review.OfPod("reg.example/org/app:1").UpdateOf("reg.example/org/é:1"));

        for (var length = 0; length < bytes.Length; length++)
        {
            var part = bytes.AsMemory(0, length);
            Assert.Throws<ReviewFormatException>(() => AdmissionReviewReader.Read(part));
        }
    }

    [Theory]
    [InlineData("\"image\":\"a\"", "\"image\":\"a\",\"image\":\"b\"")]
    [InlineData("\"image\":\"a\"", "\"image\":\"a\",\"im\\u0061ge\":\"b\"")]
    [InlineData("\"operation\":\"CREATE\"", "\"operation\":\"CREATE\",\"operation\":\"DELETE\"")]
    [InlineData("\"dryRun\":false", "\"x\":{\"y\":[{\"z\":1,\"z\":1}]}")]
    public void Read_KeyTwice_IsRefused(string found, string twice)
    {
        var text = Review.OfPod("a").ToJsonString();
        Assert.Contains(found, text, StringComparison.Ordinal);

        Refuse(text.Replace(found, twice, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_NestedBeyondTheLimit_IsRefused()
    {
        // Root, request and object are three.
        static string Nested(int depth) => Review.OfPod("a").ToJsonString()
            .Replace("\"metadata\":{", $"\"x\":{new string('[', depth)}{new string(']', depth)},\"metadata\":{{", StringComparison.Ordinal);
        AdmissionReviewReader.Read(Encoding.UTF8.GetBytes(Nested(WebhookLimits.MaxReviewDepth - 3))).Dispose();

        Assert.Contains("nested deeper than 256 levels", Refuse(Nested(WebhookLimits.MaxReviewDepth - 2)).Message, StringComparison.Ordinal);
        Refuse(new string('[', 1_000_000));
    }

    [Fact]
    public void Read_MoreBytesThanTheLimit_IsRefused()
    {
        var bytes = new byte[WebhookLimits.MaxReviewBytes + 1];
        bytes.AsSpan().Fill((byte)' ');
        Bytes(Review.OfPod("a")).CopyTo(bytes, 0);
        AdmissionReviewReader.Read(bytes.AsMemory(0, WebhookLimits.MaxReviewBytes)).Dispose();

        var refusal = Assert.Throws<ReviewFormatException>(() => AdmissionReviewReader.Read(bytes));
        Assert.Equal("The document has 8388609 bytes; at most 8388608 are read.", refusal.Message);
    }

    /// <summary>Attack: each <c>0,</c> takes six times its bytes while it is read.</summary>
    [Fact]
    public void Read_MoreTokensThanTheLimit_IsRefused()
    {
        var review = Review.OfPod("a");
        review["x"] = new JsonArray([.. Enumerable.Repeat<JsonNode?>(null, WebhookLimits.MaxReviewTokens / 2)]);
        AdmissionReviewReader.Read(Bytes(review)).Dispose();

        Assert.Contains("more than 524288 values", Refuse($"[{new string('0', 1)}{string.Concat(Enumerable.Repeat(",0", WebhookLimits.MaxReviewTokens))}]").Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(JsonNode review) => Encoding.UTF8.GetBytes(review.ToJsonString());

    private static ReviewFormatException Refuse(string text) => Assert.Throws<ReviewFormatException>(() => AdmissionReviewReader.Read(Encoding.UTF8.GetBytes(text)));
}
