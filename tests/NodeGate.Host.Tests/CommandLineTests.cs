using NodeGate.Host.Commands;

namespace NodeGate.Host.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("verify")]
    [InlineData("nonsense")]
    [InlineData("run", "--confg", "x")]
    [InlineData("verify", "--output", "xml", "nginx")]
    [InlineData("policy")]
    [InlineData("policy", "explain")]
    public async Task InvokeAsync_UsageError_Exits64AndSaysHow(params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        Assert.Equal(64, code);
        Assert.StartsWith("nodegate: ", error, StringComparison.Ordinal);
        Assert.Contains("--help'.", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task InvokeAsync_NoArguments_PrintsTheHelpAndExits64()
    {
        var (code, output, _) = await RunAsync();
        Assert.Equal(64, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("webhook", "--help")]
    [InlineData("verify", "--help")]
    [InlineData("policy", "lint", "--help")]
    [InlineData("policy", "explain", "--help")]
    [InlineData("policy", "test", "--help")]
    [InlineData("audit", "query", "--help")]
    [InlineData("audit", "verify", "--help")]
    public async Task InvokeAsync_Help_HasExamplesAndExits0(params string[] args)
    {
        var (code, output, _) = await RunAsync(args);
        Assert.Equal(0, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_Version_NamesProductAndRuntime()
    {
        var (code, output, _) = await RunAsync("version");
        Assert.Equal(0, code);
        Assert.StartsWith("nodegate 0.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--config", "/nonexistent/config.yaml")]
    [InlineData("webhook", "--config", "/nonexistent/config.yaml")]
    [InlineData("verify", "--policy", "/nonexistent/policy.yaml", "nginx")]
    [InlineData("policy", "lint", "/nonexistent")]
    public async Task InvokeAsync_FilesThatAreNotThere_Exit64AndAreNamed(params string[] args)
    {
        var (code, _, error) = await RunAsync(args);
        Assert.Equal(64, code);
        Assert.Contains("/nonexistent", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_LintAndExplain_AnswerWithoutARegistry()
    {
        var policy = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(policy, """
                apiVersion: nodegate.dev/v1
                kind: ImagePolicy
                metadata: {name: test}
                rules:
                  - {name: pause, images: ["registry.k8s.io/pause:3.10"], allow: {reason: "sandbox"}}
                  - {name: no-latest, images: ["**:latest"], deny: {reason: "floating"}}
                """);
            var lint = await RunAsync("policy", "lint", policy);
            Assert.Equal(0, lint.Code);
            Assert.Contains("policy test: 2 rules", lint.Output, StringComparison.Ordinal);

            var explain = await RunAsync("policy", "explain", "--policy", policy, "nginx");
            Assert.Equal(0, explain.Code);
            Assert.Contains("decided by: no-latest, deny: floating", explain.Output, StringComparison.Ordinal);

            var invalid = await RunAsync("policy", "explain", "--policy", policy, "Not A Reference");
            Assert.Equal(64, invalid.Code);
        }
        finally
        {
            File.Delete(policy);
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.InvokeAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
