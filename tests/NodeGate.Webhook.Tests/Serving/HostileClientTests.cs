using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

public sealed class HostileClientTests
{
    private const string Head = "POST /mutate?timeout=1s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    [Fact]
    public async Task Request_HalfABody_IsAnsweredWhenItsTimeIsOver()
    {
        await using var bed = await ServerBed.StartAsync();
        await using var stream = await bed.ConnectAsync();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "Content-Length: 1000\r\n\r\n{"));

        Assert.StartsWith("HTTP/1.1 408", await ServerBed.ReadToEndAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_HalfABodyThenGone_LeavesNothingBehind()
    {
        var entered = false;
        await using var bed = await ServerBed.StartAsync((body, _, _) =>
        {
            entered = true;
            return Task.FromResult(new ReviewReply(body, ReviewOutcome.Allowed));
        });
        await using (var stream = await bed.ConnectAsync())
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "Content-Length: 1000\r\n\r\n{"));
        }

        await MetricAsync(bed, "nodegate_webhook_reviews_total{path=\"Mutate\",outcome=\"BadRequest\"} 1", "nodegate_webhook_reviews_total{path=\"Mutate\",outcome=\"GivenUp\"} 1");
        await MetricAsync(bed, "nodegate_webhook_review_bytes 0");
        Assert.False(entered);
    }

    [Fact]
    public async Task Request_HalfAHead_IsClosedWithoutAnAnswerToIt()
    {
        await using var bed = await ServerBed.StartAsync();
        await using var stream = await bed.ConnectAsync();

        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /mutate HTTP/1.1\r\nHost: lo"));

        // Kestrel gives a head ten seconds.
        Assert.StartsWith("HTTP/1.1 408", await ServerBed.ReadToEndAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_MoreThanAnAddressMayHave_AreDroppedAndOthersServed()
    {
        await using var bed = await ServerBed.StartAsync();
        var silent = new List<NetworkStream>();
        try
        {
            while (silent.Count <= WebhookLimits.MaxConnectionsOfAnAddress)
            {
                silent.Add(await bed.ConnectPlainAsync());
            }

            // Which one is dropped is the thread pool's to say.
            var ends = silent.ConvertAll(stream => ServerBed.ReadToEndAsync(stream));
            Assert.Equal("", await await Task.WhenAny(ends));
            Assert.Equal(1, ends.Count(end => end.IsCompleted));

            await using var other = await bed.ConnectAsync(from: IPAddress.Parse("127.0.0.2"));
            await other.WriteAsync(Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            Assert.StartsWith("HTTP/1.1 200", await ServerBed.ReadToEndAsync(other), StringComparison.Ordinal);
        }
        finally
        {
            silent.ForEach(stream => stream.Dispose());
        }
    }

    [Theory]
    [InlineData("X-Large: ", 20_000, 1, 431)]
    [InlineData("X-Many: ", 1, 100, 431)]
    public async Task Request_HugeHead_IsRefused(string header, int length, int times, int status)
    {
        await using var bed = await ServerBed.StartAsync();
        await using var stream = await bed.ConnectAsync();
        var headers = string.Concat(Enumerable.Repeat(header + new string('a', length) + "\r\n", times));

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + headers + "\r\n"));

        Assert.StartsWith($"HTTP/1.1 {status}", await ServerBed.ReadToEndAsync(stream), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64, "414")]
    [InlineData("NONSENSE", 1, "400")]
    [InlineData("\0\u0001\u0002", 1, "400")]
    public async Task Request_NoHttp_IsRefused(string line, int times, string status)
    {
        await using var bed = await ServerBed.StartAsync();
        await using var stream = await bed.ConnectAsync();

        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(line, times)) + " HTTP/1.1\r\n\r\n"));

        Assert.StartsWith("HTTP/1.1 " + status, await ServerBed.ReadToEndAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_TwoLengths_IsRefused()
    {
        await using var bed = await ServerBed.StartAsync();
        await using var stream = await bed.ConnectAsync();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"));

        Assert.StartsWith("HTTP/1.1 400", await ServerBed.ReadToEndAsync(stream), StringComparison.Ordinal);
    }

    // Full, and half full by one client.
    [Theory]
    [InlineData(WebhookLimits.MaxReviewBytes)]
    [InlineData(WebhookLimits.MaxReviewBytesInMemory)]
    public async Task Budget_Full_Is503InTimeAndFreeAfterwards(long budget)
    {
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bed = await ServerBed.StartAsync(
            async (body, _, _) =>
            {
                entered.TrySetResult();
                await leave.Task;
                return new ReviewReply(body, ReviewOutcome.Allowed);
            },
            options => options with { ReviewBytesInMemory = budget });
        using var client = bed.Client();
        var large = client.PostAsync("/mutate", ServerBed.Json(new string(' ', WebhookLimits.MaxReviewBytes - 1)));
        await entered.Task;

        using var refused = await client.PostAsync("/mutate?timeout=200ms", ServerBed.Json("{}"));
        await MetricAsync(bed, $"nodegate_webhook_review_bytes {WebhookLimits.MaxReviewBytes - 1}");
        leave.SetResult();
        using var answered = await large;
        using var next = await client.PostAsync("/mutate", ServerBed.Json("{}"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        await MetricAsync(bed, "nodegate_webhook_reviews_total{path=\"Mutate\",outcome=\"Overloaded\"} 1");
    }

    [Fact]
    public async Task Client_ThatGoesAway_CancelsItsReview()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bed = await ServerBed.StartAsync(async (body, _, cancellationToken) =>
        {
            await using var registration = cancellationToken.Register(cancelled.SetResult);
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new ReviewReply(body, ReviewOutcome.Allowed);
        });
        using var client = bed.Client();
        using var gone = new CancellationTokenSource();
        var review = client.PostAsync("/mutate", ServerBed.Json("{}"), gone.Token);
        await entered.Task;

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => review);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await MetricAsync(bed, "nodegate_webhook_reviews_total{path=\"Mutate\",outcome=\"GivenUp\"} 1");
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_AreClosedAndThoseWithinAreServed()
    {
        await using var bed = await ServerBed.StartAsync();
        var idle = new List<Stream>();
        try
        {
            for (var i = 0; i < WebhookLimits.MaxConnections; i++)
            {
                idle.Add(await bed.ConnectPlainAsync(IPAddress.Parse($"127.0.0.{2 + (i % 2)}")));
            }

            await using var beyond = await bed.ConnectPlainAsync();
            Assert.Empty(await ServerBed.ReadToEndAsync(beyond));
        }
        finally
        {
            foreach (var stream in idle)
            {
                await stream.DisposeAsync();
            }
        }

        using var client = bed.Client();
        await MetricAsync(bed, "nodegate_webhook_review_bytes 0");
    }

    /// <summary>Metrics follow an answer by some moments.</summary>
    private static async Task MetricAsync(ServerBed bed, params string[] anyOf)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var client = bed.Client();
        var metrics = "";
        while (!anyOf.Any(line => metrics.Contains(line + "\n", StringComparison.Ordinal)))
        {
            await pause.WaitForNextTickAsync(late.Token);
            try
            {
                metrics = await client.GetStringAsync("/metrics", late.Token);
            }
            catch (HttpRequestException)
            {
                // No place for one more connection yet.
                metrics = "";
            }
        }
    }
}
