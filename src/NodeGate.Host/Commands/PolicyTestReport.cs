using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NodeGate.Host.Commands;

/// <summary>Renders the results of <c>policy test</c> for people and for programs. The same results give the same bytes.</summary>
internal static class PolicyTestReport
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A line for each case; of one that failed also what was found, what decided, each authority's verdict and the fix.</summary>
    internal static string ToText(IReadOnlyList<PolicyTestResult> results)
    {
        var text = new StringBuilder();
        foreach (var result in results)
        {
            text.Append(result.IsOk ? "ok      " : "FAILED  ").Append(VerifyReport.Terminal($"{result.Test.File}: {result.Test.Case.Name}")).Append('\n');
            if (!result.IsOk)
            {
                foreach (var line in result.Differences.Concat(VerifyReport.ToText(result.Decision).TrimEnd('\n').Split('\n')))
                {
                    text.Append("          ").Append(VerifyReport.Terminal(line)).Append('\n');
                }
            }
        }

        var ok = results.Count(r => r.IsOk);
        return text.Append(ok).Append(" ok, ").Append(results.Count - ok).Append(" failed, ").Append(results.Count).Append(" cases\n").ToString();
    }

    /// <summary>One object; each decision is that of <c>verify --output json</c>.</summary>
    internal static string ToJson(IReadOnlyList<PolicyTestResult> results)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Json))
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
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
