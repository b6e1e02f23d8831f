using System.Globalization;
using System.Text;
using NodeGate.Host.Control;
using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>What stands beside the decisions in the Prometheus text: how the policy's exceptions and the sandbox image stand.</summary>
internal static class NodeMetrics
{
    /// <param name="policy">The policy in force; its limits bound the series.</param>
    /// <param name="sandboxImage">The verdict on the sandbox image; null where it was not looked at yet.</param>
    internal static string Render(PolicyModel policy, StatusReport.SandboxImagePart? sandboxImage)
    {
        var text = new StringBuilder();
        if (sandboxImage is not null)
        {
            text.Append("# TYPE nodegate_sandbox_image_admitted gauge\n");
            text.Append(CultureInfo.InvariantCulture, $"nodegate_sandbox_image_admitted{{image=\"{Label(sandboxImage.Image ?? "")}\",reason=\"{sandboxImage.Reason}\"}} ");
            text.Append(sandboxImage.Decision == nameof(Decision.Admitted) ? "1\n" : "0\n");
        }

        if (!policy.Exemptions.IsEmpty)
        {
            text.Append("# TYPE nodegate_exception_expires_timestamp_seconds gauge\n");
            foreach (var exemption in policy.Exemptions)
            {
                text.Append(CultureInfo.InvariantCulture, $"nodegate_exception_expires_timestamp_seconds{{exception=\"{Label(exemption.Name)}\",owner=\"{Label(exemption.Owner)}\"}} ");
                text.Append(CultureInfo.InvariantCulture, $"{exemption.Expires.ToUnixTimeSeconds()}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A label's value: a quote or a line break of an owner's name must not forge a series.</summary>
    private static string Label(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
