using System.Net;
using System.Net.Http.Headers;
using NodeGate.Testing.Time;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

public sealed class WebhookServerTests
{
    [Theory]
    [InlineData(1, "/mutate")]
    [InlineData(2, "/mutate")]
    [InlineData(1, "/validate")]
    [InlineData(2, "/validate")]
    [InlineData(2, "/gatekeeper/mutate")]
    [InlineData(2, "/gatekeeper/validate")]
    public async Task Post_Review_IsAnsweredAsJson(int version, string path)
    {
        await using var bed = await ServerBed.StartAsync();
        using var client = bed.Client(version);

        using var answer = await client.PostAsync(path + "?timeout=10s", ServerBed.Json("{\"a\":1}"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(version, answer.Version.Major);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("{\"a\":1}", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Post_LargestReview_IsRead_AndOneByteMoreIs413(int version)
    {
        await using var bed = await ServerBed.StartAsync((body, _, _) => Task.FromResult(new ReviewReply(BitConverter.GetBytes(body.Length), ReviewOutcome.Allowed)));
        using var client = bed.Client(version);
        // Over HTTP/1.1 the answer would else cross with a body that nobody reads, and the connection be reset.
        client.DefaultRequestHeaders.ExpectContinue = version == 1;

        using var largest = await client.PostAsync("/mutate", ServerBed.Json(new string(' ', WebhookLimits.MaxReviewBytes)));
        using var larger = await client.PostAsync("/mutate", ServerBed.Json(new string(' ', WebhookLimits.MaxReviewBytes + 1)));

        Assert.Equal(WebhookLimits.MaxReviewBytes, BitConverter.ToInt32(await largest.Content.ReadAsByteArrayAsync()));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, larger.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Post_WithoutAnnouncedLength_IsRead_AndWhatIsTooLargeIs413(int version)
    {
        await using var bed = await ServerBed.StartAsync();
        using var client = bed.Client(version);
        client.DefaultRequestHeaders.TransferEncodingChunked = version == 1 ? true : null;

        using var small = await client.PostAsync("/mutate", Streamed(1000));
        using var large = await client.PostAsync("/mutate", Streamed(WebhookLimits.MaxReviewBytes + 1));

        Assert.Equal(1000, (await small.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/mutate", 405)]
    [InlineData("PUT", "/validate", 405)]
    [InlineData("POST", "/healthz", 405)]
    [InlineData("POST", "/metrics", 405)]
    [InlineData("POST", "/", 404)]
    [InlineData("POST", "/mutate/", 404)]
    [InlineData("POST", "/MUTATE", 404)]
    [InlineData("POST", "/mutate?timeout=soon", 400)]
    [InlineData("POST", "/mutate?timeout=", 400)]
    [InlineData("POST", "/mutate?timeout=10s&timeout=20s", 400)]
    [InlineData("POST", "/mutate?dryRun=All", 200)]
    public async Task Send_OddRequest_IsAnsweredWithItsStatusAndOneLine(string method, string path, int status)
    {
        await using var bed = await ServerBed.StartAsync();
        using var client = bed.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Version = HttpVersion.Version20 };
        request.Content = method == "GET" ? null : ServerBed.Json("{}");

        using var answer = await client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200, await answer.Content.ReadAsStringAsync() == "{}");
        Assert.Equal(status == 405, answer.Content.Headers.Allow.Count > 0);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("text/plain", null)]
    [InlineData("application/json-patch+json", null)]
    [InlineData("application/json", "gzip")]
    public async Task Post_AnotherContentType_Is415(string? type, string? encoding)
    {
        await using var bed = await ServerBed.StartAsync();
        using var client = bed.Client();
        using var content = ServerBed.Json("{}");
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        content.Headers.ContentEncoding.Clear();
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using var answer = await client.PostAsync("/mutate", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Post_HandlerThatFails_Is500AndTheNextOneIsAnswered()
    {
        var calls = 0;
        await using var bed = await ServerBed.StartAsync((body, deadline, cancellationToken) =>
            Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("a secret") : ServerBed.Echo(body, deadline, cancellationToken));
        using var client = bed.Client();

        using var failed = await client.PostAsync("/mutate", ServerBed.Json("{}"));
        using var next = await client.PostAsync("/mutate", ServerBed.Json("{}"));

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.DoesNotContain("secret", await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Post_HandlerThatIsCancelledByNobody_Is500()
    {
        await using var bed = await ServerBed.StartAsync((_, _, _) => throw new OperationCanceledException());
        using var client = bed.Client();

        using var failed = await client.PostAsync("/mutate", ServerBed.Json("{}"));

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
    }

    [Fact]
    public async Task Post_NotAReview_Is400WithTheReason()
    {
        await using var bed = await ServerBed.StartAsync((_, _, _) => throw new ReviewFormatException("Found nothing; expected something."));
        using var client = bed.Client();

        using var answer = await client.PostAsync("/mutate", ServerBed.Json(""));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("Found nothing; expected something.\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", 8000)]
    [InlineData("?timeout=30s", 8000)]
    [InlineData("?timeout=3s", 2500)]
    [InlineData("?timeout=800ms", 400)]
    public async Task Post_Timeout_IsTheDeadlineLessAMargin(string query, int milliseconds)
    {
        var given = TimeSpan.Zero;
        await using var bed = await ServerBed.StartAsync(
            (body, deadline, _) =>
            {
                given = deadline;
                return Task.FromResult(new ReviewReply(body, ReviewOutcome.Allowed));
            },
            time: new FakeTimeProvider());
        using var client = bed.Client();

        using var answer = await client.PostAsync("/mutate" + query, ServerBed.Json("{}"));

        Assert.Equal(milliseconds, given.TotalMilliseconds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Get_HealthReadinessAndMetrics_AreAnswered(int version)
    {
        await using var bed = await ServerBed.StartAsync(set: options => options with { Metrics = () => "more 1\n" });
        using var client = bed.Client(version);
        using var review = await client.PostAsync("/mutate", ServerBed.Json("{}"));

        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));
        Assert.Equal("ready\n", await client.GetStringAsync("/readyz"));
        var metrics = await client.GetStringAsync("/metrics");
        Assert.Contains("nodegate_webhook_reviews_total{path=\"Mutate\",outcome=\"Allowed\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("nodegate_webhook_reviews_total{path=\"Validate\",outcome=\"Allowed\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("nodegate_webhook_review_duration_seconds_count{path=\"Mutate\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("nodegate_webhook_review_bytes 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            $"nodegate_webhook_certificate_expires_timestamp_seconds {bed.Certificates.Expires!.Value.ToUnixTimeSeconds()}\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nnodegate_webhook_certificate_problem 0\n", metrics, StringComparison.Ordinal);
        Assert.EndsWith("\nmore 1\n", metrics, StringComparison.Ordinal);
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/healthz") { Version = client.DefaultRequestVersion });
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Fact]
    public async Task Leave_Readiness_SaysNoAndReviewsGoOn()
    {
        await using var bed = await ServerBed.StartAsync();
        using var client = bed.Client();

        bed.Server.Leave();

        using var ready = await client.GetAsync("/readyz");
        using var review = await client.PostAsync("/mutate", ServerBed.Json("{}"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("not ready: stopping\n", await ready.Content.ReadAsStringAsync());
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));
        Assert.Equal(HttpStatusCode.OK, review.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task DrainAsync_ReviewUnderWay_IsAnsweredAndNobodyElseIs(int version)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bed = await ServerBed.StartAsync(async (body, _, _) =>
        {
            entered.SetResult();
            await leave.Task;
            return new ReviewReply(body, ReviewOutcome.Allowed);
        });
        using var client = bed.Client(version);
        using var other = bed.Client(version);
        var underWay = client.PostAsync("/mutate", ServerBed.Json("{}"));
        await entered.Task;

        var draining = bed.Server.DrainAsync(TimeSpan.FromSeconds(30));
        await RefusedAsync(other);
        leave.SetResult();

        using var answer = await underWay;
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync());
        await draining.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task DrainAsync_ReviewThatNeverEnds_IsGivenUpWhenTheTimeIsOver()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bed = await ServerBed.StartAsync(async (body, _, cancellationToken) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new ReviewReply(body, ReviewOutcome.Allowed);
        });
        using var client = bed.Client();
        var underWay = client.PostAsync("/mutate", ServerBed.Json("{}"));
        await entered.Task;

        await bed.Server.DrainAsync(TimeSpan.FromMilliseconds(50)).WaitAsync(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<HttpRequestException>(() => underWay);
    }

    [Fact]
    public async Task StartAsync_AddressInUse_IsAnIOException()
    {
        await using var bed = await ServerBed.StartAsync();

        await Assert.ThrowsAsync<IOException>(() => ServerBed.StartAsync(set: options => options with { Listen = new IPEndPoint(IPAddress.Loopback, bed.Port) }));
    }

    [Fact]
    public async Task StartAsync_AddressOfAnotherMachine_IsAnIOException() =>
        await Assert.ThrowsAsync<IOException>(() => ServerBed.StartAsync(set: options => options with { Listen = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0) }));

    /// <summary>The listening socket closes some moments after the drain begins.</summary>
    private static async Task RefusedAsync(HttpClient client)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await pause.WaitForNextTickAsync())
        {
            try
            {
                using var answer = await client.GetAsync("/healthz");
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static StreamContent Streamed(int length) =>
        new(new UnseekableStream(new byte[length])) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
