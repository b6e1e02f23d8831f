using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeGate.Audit;

namespace NodeGate.Host.Commands;

/// <summary>Writes what <c>audit query</c> found, for people or as one JSON object a line.</summary>
internal sealed class AuditReport(TextWriter output, bool json)
{
    /// <summary>A record: as JSON, the line of the log.</summary>
    internal async Task WriteAsync(AuditRecord record)
    {
        if (json)
        {
            await output.WriteLineAsync(Encoding.UTF8.GetString(record.Line.Span));
            return;
        }

        var mode = record is { IsAudit: true, Decision: not null and not "Admitted" } ? " (let through: mode audit)" : "";
        var where = string.Join(' ', new[] { Named("namespace", record.Namespace), Named("pod", record.Pod), Named("rule", record.Rule) }.OfType<string>());
        await LineAsync($"{Time(record.Time)} {record.Event} {Join(record.Decision, record.Reason)}{mode} {record.Image} {where}".TrimEnd());
        await LineAsync($"    {record.Message}");
    }

    /// <summary>At most <paramref name="limit"/> of <paramref name="groups"/>, and how many records are in none.</summary>
    internal async Task WriteAsync(IReadOnlyList<AuditGroup> groups, int limit, long ungrouped)
    {
        foreach (var group in groups.Take(limit))
        {
            await (json ? output.WriteLineAsync(ToJson(group)) : WriteTextAsync(group));
        }

        if (json)
        {
            return;
        }

        await LineAsync($"{groups.Count} different, {groups.Sum(g => g.Count) + ungrouped} records");
        if (groups.Count > limit)
        {
            await LineAsync($"{groups.Count - limit} of them are not shown (--limit)");
        }

        if (ungrouped > 0)
        {
            await LineAsync($"{ungrouped} records of further images are not shown; ask for less at a time (--image, --namespace, --since)");
        }
    }

    private async Task WriteTextAsync(AuditGroup group)
    {
        var newest = group.Newest;
        await LineAsync($"{group.Count} × {newest.Image}: {Join(newest.Decision, newest.Reason)}");
        await LineAsync($"    first {Time(group.First)}, last {Time(newest.Time)}");
        await LineAsync($"    namespaces: {Names(group.Namespaces)}; rules: {Names(group.Rules)}");
        await LineAsync($"    {newest.Message}");
    }

    private static string ToJson(AuditGroup group) => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("count", group.Count);
        writer.WriteString("image", group.Newest.Image);
        writer.WriteString("decision", group.Newest.Decision);
        writer.WriteString("reason", group.Newest.Reason);
        writer.WriteString("first", Time(group.First));
        writer.WriteString("last", Time(group.Newest.Time));
        WriteNames(writer, "namespaces", group.Namespaces);
        WriteNames(writer, "rules", group.Rules);
        writer.WriteString("message", group.Newest.Message);
        writer.WriteEndObject();
    });

    private static void WriteNames(Utf8JsonWriter writer, string name, IReadOnlyCollection<string> names)
    {
        writer.WriteStartArray(name);
        foreach (var value in names)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private Task LineAsync(string line) => output.WriteLineAsync(Terminal.Line(line));

    private static string? Named(string name, string? value) => value is null ? null : $"{name}={value}";

    private static string Join(string? decision, string? reason) => reason is null ? decision ?? "" : $"{decision} ({reason})";

    private static string Names(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "(none)",
        AuditLimits.MaxNamesPerGroup => string.Join(", ", names) + " and perhaps more",
        _ => string.Join(", ", names),
    };

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
