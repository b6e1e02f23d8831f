using NodeGate.Host.Control;
using NodeGate.Host.Daemon;

namespace NodeGate.Host.Tests;

public sealed class NodeMetricsTests
{
    [Theory]
    [InlineData("Admitted", "AllowedByRule", 1)]
    [InlineData("Denied", "NoSignature", 0)]
    [InlineData("Undetermined", "InternalError", 0)]
    public void Render_SandboxImage_IsOneOrZero(string decision, string reason, int expected)
    {
        var text = NodeMetrics.Render(Policies.Load(Policies.Empty), new StatusReport.SandboxImagePart("pause\"\n:1", decision, reason, ""));
        Assert.Equal(
            $"# TYPE nodegate_sandbox_image_admitted gauge\nnodegate_sandbox_image_admitted{{image=\"pause\\\"\\n:1\",reason=\"{reason}\"}} {expected}\n", text);
    }

    [Fact]
    public void Render_NothingToSay_IsEmpty() => Assert.Empty(NodeMetrics.Render(Policies.Load(Policies.Empty), null));
}
