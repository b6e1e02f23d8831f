using System.Text;

namespace NodeGate.Host.Commands;

/// <summary>Renders the results of <c>policy test</c> for people and for programs. The same results give the same bytes.</summary>
internal static class PolicyTestReport
{
    /// <summary>A line for each case; of one that failed also what was found, what decided, each authority's verdict and the fix.</summary>
    internal static string ToText(IReadOnlyList<PolicyTestResult> results)
    {
        var text = new StringBuilder();
        foreach (var result in results)
        {
            text.Append(result.IsOk ? "ok      " : "FAILED  ").Append(Terminal.Line($"{result.Test.File}: {result.Test.Case.Name}")).Append('\n');
            if (!result.IsOk)
            {
                foreach (var line in result.Differences.Concat(VerifyReport.ToText(result.Decision).TrimEnd('\n').Split('\n')))
                {
                    text.Append("          ").Append(Terminal.Line(line)).Append('\n');
                }
            }
        }

        var ok = results.Count(r => r.IsOk);
        return text.Append(ok).Append(" ok, ").Append(results.Count - ok).Append(" failed, ").Append(results.Count).Append(" cases\n").ToString();
    }

    /// <summary>One object; each decision is that of <c>verify --output json</c>.</summary>
    internal static string ToJson(IReadOnlyList<PolicyTestResult> results) => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("ok", results.Count(r => r.IsOk));
        writer.WriteNumber("failed", results.Count(r => !r.IsOk));
        writer.WriteStartArray("cases");
        foreach (var result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("file", result.Test.File);
            writer.WriteString("name", result.Test.Case.Name);
            writer.WriteBoolean("ok", result.IsOk);
            writer.WriteStartArray("differences");
            foreach (var difference in result.Differences)
            {
                writer.WriteStringValue(difference);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("found");
            writer.WriteRawValue(VerifyReport.ToJson(result.Decision, TimeSpan.Zero));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }) + "\n";
}
