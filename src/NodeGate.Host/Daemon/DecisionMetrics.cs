using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using NodeGate.Host.Control;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>
/// Counts decisions on their way to the audit log and renders them as Prometheus text. Labels come from closed enums only, so that
/// nobody's image names become series.
/// </summary>
internal sealed class DecisionMetrics(IDecisionSink next) : IDecisionSink
{
    private readonly ConcurrentDictionary<(DecisionEvent Event, string Decision, DecisionReason Reason), Counter> _counters = new();

    /// <inheritdoc/>
    public async ValueTask RecordAsync(DecisionRecord record)
    {
        await next.RecordAsync(record);
        if (record is { Decision: { } decision, Reason: { } reason })
        {
            _counters.GetOrAdd((record.Event, decision, reason), static _ => new Counter()).Add(record.Duration);
        }
    }

    /// <summary>What was decided how often, in a stable order.</summary>
    internal IReadOnlyList<StatusReport.DecisionPart> Counts() =>
        [.. Ordered().Select(c => new StatusReport.DecisionPart(c.Key.Event.ToString(), c.Key.Decision, c.Key.Reason.ToString(), c.Value.Count))];

    /// <summary>The exposition of all counters, in a stable order.</summary>
    internal string Render(string policyRevision, bool ready, long residentBytes)
    {
        var text = new StringBuilder(1024);
        Line(text, "# TYPE nodegate_decisions_total counter");
        var ordered = Ordered();
        foreach (var (key, counter) in ordered)
        {
            Line(text, $"nodegate_decisions_total{Labels(key)} {counter.Count}");
        }

        Line(text, "# TYPE nodegate_decision_duration_seconds summary");
        foreach (var (key, counter) in ordered)
        {
            Line(text, $"nodegate_decision_duration_seconds_sum{Labels(key)} {counter.Seconds.ToString("0.######", CultureInfo.InvariantCulture)}");
            Line(text, $"nodegate_decision_duration_seconds_count{Labels(key)} {counter.Count}");
        }

        Line(text, "# TYPE nodegate_policy_info gauge");
        Line(text, $"nodegate_policy_info{{revision=\"{policyRevision}\"}} 1");
        Line(text, "# TYPE nodegate_ready gauge");
        Line(text, $"nodegate_ready {(ready ? 1 : 0)}");
        Line(text, "# TYPE process_resident_memory_bytes gauge");
        Line(text, $"process_resident_memory_bytes {residentBytes}");
        return text.ToString();
    }

    private KeyValuePair<(DecisionEvent Event, string Decision, DecisionReason Reason), Counter>[] Ordered() =>
        [.. _counters.OrderBy(c => c.Key.Event).ThenBy(c => c.Key.Decision, StringComparer.Ordinal).ThenBy(c => c.Key.Reason)];

    private static string Labels((DecisionEvent Event, string Decision, DecisionReason Reason) key) =>
        $"{{event=\"{key.Event}\",decision=\"{key.Decision}\",reason=\"{key.Reason}\"}}";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private sealed class Counter
    {
        private long _count;
        private long _ticks;

        internal long Count => Interlocked.Read(ref _count);

        internal double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

        internal void Add(TimeSpan duration)
        {
            Interlocked.Increment(ref _count);
            Interlocked.Add(ref _ticks, duration.Ticks);
        }
    }
}
