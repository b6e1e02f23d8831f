using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace NodeGate.Benchmarks.Reviews;

/// <summary>Asks as an API server does: HTTP/2 over one TLS connection, each caller one review after the other.</summary>
internal sealed class ReviewClient(HttpClient client, string path)
{
    /// <summary>Throws when one answer is another than 200, or lacks <paramref name="expected"/>.</summary>
    internal async Task<ReviewRound> RunAsync(IReadOnlyList<string> bodies, int callers, string expected)
    {
        var content = bodies.Select(Encoding.UTF8.GetBytes).ToArray();
        var ms = new double[content.Length];
        var next = -1;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CallAsync()));
        return new ReviewRound([.. ms], Stopwatch.GetElapsedTime(began).TotalMilliseconds);

        async Task CallAsync()
        {
            for (var index = Interlocked.Increment(ref next); index < content.Length; index = Interlocked.Increment(ref next))
            {
                var started = Stopwatch.GetTimestamp();
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path + "?timeout=10s", UriKind.Relative))
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    Content = new ByteArrayContent(content[index]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
                };
                using var answer = await client.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                ms[index] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                if (answer.StatusCode != HttpStatusCode.OK || !text.Contains(expected, StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}; expected {expected}");
                }
            }
        }
    }
}
