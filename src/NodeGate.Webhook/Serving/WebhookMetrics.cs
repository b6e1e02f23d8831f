using System.Globalization;
using System.Text;

namespace NodeGate.Webhook.Serving;

/// <summary>Counts requests to judge and renders them as Prometheus text. All labels come from closed sets.</summary>
internal sealed class WebhookMetrics
{
    private static readonly ReviewPath[] Paths = Enum.GetValues<ReviewPath>();
    private static readonly ReviewOutcome[] Outcomes = Enum.GetValues<ReviewOutcome>();
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[,] _reviews = new long[Paths.Length, Outcomes.Length];
    private readonly long[,] _durations = new long[Paths.Length, Bounds.Length + 1];
    private readonly long[] _ticks = new long[Paths.Length];

    /// <summary>Counts one request.</summary>
    internal void Add(ReviewPath path, ReviewOutcome outcome, TimeSpan duration)
    {
        Interlocked.Increment(ref _reviews[(int)path, (int)outcome]);
        var bucket = Array.FindIndex(Bounds, bound => duration.TotalSeconds <= bound);
        Interlocked.Increment(ref _durations[(int)path, bucket < 0 ? Bounds.Length : bucket]);
        Interlocked.Add(ref _ticks[(int)path], duration.Ticks);
    }

    /// <summary>The exposition.</summary>
    /// <param name="bytesInUse">What reviews take of their budget.</param>
    /// <param name="certificates">The certificate that is served: its end, and whether something is wrong with it.</param>
    internal string Render(long bytesInUse, IServerCertificates certificates)
    {
        var text = new StringBuilder(4096);
        text.Append("# TYPE nodegate_webhook_reviews_total counter\n");
        foreach (var path in Paths)
        {
            foreach (var outcome in Outcomes)
            {
                var count = Interlocked.Read(ref _reviews[(int)path, (int)outcome]);
                Line(text, $"nodegate_webhook_reviews_total{{path=\"{path}\",outcome=\"{outcome}\"}} {count}");
            }
        }

        text.Append("# TYPE nodegate_webhook_review_duration_seconds histogram\n");
        foreach (var path in Paths)
        {
            RenderDurations(text, path);
        }

        text.Append("# TYPE nodegate_webhook_review_bytes gauge\n");
        Line(text, $"nodegate_webhook_review_bytes {bytesInUse}");
        text.Append("# TYPE nodegate_webhook_certificate_problem gauge\n");
        Line(text, $"nodegate_webhook_certificate_problem {(certificates.Problem is null ? 0 : 1)}");
        if (certificates.Expires is { } expires)
        {
            text.Append("# TYPE nodegate_webhook_certificate_expires_timestamp_seconds gauge\n");
            Line(text, $"nodegate_webhook_certificate_expires_timestamp_seconds {expires.ToUnixTimeSeconds()}");
        }

        return text.ToString();
    }

    private void RenderDurations(StringBuilder text, ReviewPath path)
    {
        const string Name = "nodegate_webhook_review_duration_seconds";
        var sum = 0L;
        for (var i = 0; i <= Bounds.Length; i++)
        {
            sum += Interlocked.Read(ref _durations[(int)path, i]);
            Line(text, $"{Name}_bucket{{path=\"{path}\",le=\"{(i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf")}\"}} {sum}");
        }

        Line(text, $"{Name}_sum{{path=\"{path}\"}} {TimeSpan.FromTicks(Interlocked.Read(ref _ticks[(int)path])).TotalSeconds:0.######}");
        Line(text, $"{Name}_count{{path=\"{path}\"}} {sum}");
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
