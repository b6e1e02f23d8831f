using NodeGate.Host.Scanning;

namespace NodeGate.Host.Tests;

public sealed class ScanTextTests
{
    private static readonly string Digest = "sha256:" + new string('a', 64);

    [Fact]
    public void Of_Rows_IsATableWithTheRefusalsUnderIt()
    {
        var text = ScanText.Of(Report(
            complete: true,
            Row("docker.io/library/app:1", "Admitted", "Verified", "enforce", "prod"),
            Row("evil\u001b[2J:1", "Denied", "NoSignature", "enforce", null)));

        var lines = text.Split('\n');
        Assert.StartsWith("IMAGE                    DIGEST               NAMESPACE  DECISION  REASON       RULE  MODE     CONTAINERS", lines[0], StringComparison.Ordinal);
        Assert.Equal("docker.io/library/app:1  sha256:aaaaaaaaaaaa  prod       Admitted  Verified     team  enforce  2", lines[1]);
        Assert.StartsWith("evil?[2J:1 ", lines[2], StringComparison.Ordinal);
        Assert.Equal(["evil?[2J:1", "  why"], lines[4..6]);
        Assert.Contains("2 images: 1 admitted, 1 denied, 0 undetermined, 0 let through in audit mode", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Admitted", "enforce", true, 0)]
    [InlineData("Denied", "audit", true, 0)]
    [InlineData("Undetermined", "audit", true, 0)]
    [InlineData("Denied", "enforce", true, 1)]
    [InlineData("Undetermined", "enforce", true, 2)]
    [InlineData("Admitted", "enforce", false, 2)]
    [InlineData("Denied", "enforce", false, 1)]
    public void ToExitCode_WorstRow_Decides(string decision, string mode, bool complete, int expected) => Assert.Equal(
        expected, Report(complete, Row("a:1", "Admitted", "Verified", "enforce", null), Row("b:1", decision, "NoSignature", mode, null)).ToExitCode());

    private static ScanReport Report(bool complete, params ScanRow[] rows) => new(complete, rows.Length, ScanCounts.Of(rows), rows);

    private static ScanRow Row(string image, string decision, string reason, string mode, string? @namespace) => new()
    {
        Image = image,
        Id = Digest,
        Digest = Digest,
        Namespace = @namespace,
        Decision = decision,
        Reason = reason,
        Rule = "team",
        Mode = mode,
        Containers = 2,
        Message = "why",
    };
}
