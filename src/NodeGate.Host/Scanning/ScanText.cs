using System.Globalization;
using System.Text;
using NodeGate.Host.Commands;

namespace NodeGate.Host.Scanning;

/// <summary>A scan for people: a table, and under it the sentence of each refusal.</summary>
internal static class ScanText
{
    private static readonly string[] Titles = ["IMAGE", "DIGEST", "NAMESPACE", "DECISION", "REASON", "RULE", "MODE", "CONTAINERS"];

    internal static string Of(ScanReport report)
    {
        var text = new StringBuilder();
        string[][] lines = [Titles, .. report.Results.Select(Columns)];
        var widths = Enumerable.Range(0, Titles.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            text.Append(string.Join("  ", line.Select((value, column) => value.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        foreach (var refused in report.Results.Where(row => row.Decision != "Admitted").GroupBy(row => (row.Image, row.Message)))
        {
            text.Append('\n').Append(Terminal.Line(refused.Key.Image)).Append("\n  ").Append(Terminal.Line(refused.Key.Message)).Append('\n');
        }

        var counts = report.Counts;
        text.Append(CultureInfo.InvariantCulture, $"\n{report.Images} images{(report.Complete ? "" : " (interrupted)")}: {counts.Admitted} admitted, ");
        text.Append(CultureInfo.InvariantCulture, $"{counts.Denied} denied, {counts.Undetermined} undetermined, {counts.Audit} let through in audit mode\n");
        return text.ToString();
    }

    private static string[] Columns(ScanRow row) =>
    [
        Terminal.Line(row.Image),
        row.Digest is { } digest ? digest[..Math.Min(digest.Length, "sha256:".Length + 12)] : "-",
        row.Namespace is { } name ? Terminal.Line(name) : "-",
        row.Decision,
        row.Reason,
        row.Rule ?? "-",
        row.Mode,
        row.IsSandboxImage ? "sandbox" : row.Containers.ToString(CultureInfo.InvariantCulture),
    ];
}
