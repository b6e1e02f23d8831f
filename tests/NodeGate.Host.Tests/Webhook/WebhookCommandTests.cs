using NodeGate.Host.Commands;
using NodeGate.Testing.RealParts;

namespace NodeGate.Host.Tests.Webhook;

public sealed class WebhookCommandTests
{
    [Fact]
    public async Task InvokeAsync_Help_NamesExamplesAndExitCodes()
    {
        var (code, output, _) = await RunAsync("webhook", "--help");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_NoCertificate_Exits64WithTheFix()
    {
        await using var folder = TestFolder.Create();

        var (code, output, error) = await RunAsync("webhook", "--config", Config(folder, "listen: 127.0.0.1:0"));

        Assert.Equal(ExitCode.Usage, code);
        Assert.Empty(output);
        Assert.Contains("config.yaml: webhook: found no certificate; expected 'certificate' and 'key'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_BadKeys_Exit64WithEachOfThem()
    {
        await using var folder = TestFolder.Create();

        var (code, _, error) = await RunAsync("webhook", "--config", Config(folder, "listen: nowhere, pin: some, certificate: /c.pem"));

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("listen", error, StringComparison.Ordinal);
        Assert.Contains("pin", error, StringComparison.Ordinal);
        Assert.Contains("key", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_BadPolicy_Exits64()
    {
        await using var folder = TestFolder.Create();
        var config = Config(folder, Certificate(folder));
        folder.Write("policy.d/policy.yaml", "kind: Nonsense\n");

        var (code, _, error) = await RunAsync("webhook", "--config", config);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("policy.yaml", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("certificate: /c.pem, key: /k.pem, credentials: pullSecrets", "webhook.credentials: ")]
    [InlineData("selfSigned: {namespace: n, secret: s, service: s, configurations: [c]}", "webhook.selfSigned: ")]
    public async Task InvokeAsync_ClusterWantedAndNone_Exits2WithTheFix(string keys, string place)
    {
        await using var folder = TestFolder.Create();

        var (code, _, error) = await RunAsync("webhook", "--config", Config(folder, keys));

        Assert.Equal(ExitCode.Undetermined, code);
        Assert.Contains(place, error, StringComparison.Ordinal);
        Assert.Contains("outside a cluster", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_ClientAuthoritiesThatAreNotThere_Exits2()
    {
        await using var folder = TestFolder.Create();

        var (code, _, error) = await RunAsync("webhook", "--config", Config(folder, $"{Certificate(folder)}, clientCa: {folder.At("none.pem")}"));

        Assert.Equal(ExitCode.Undetermined, code);
        Assert.Contains("none.pem", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_AddressInUse_Exits2AndClosesWhatItOpened()
    {
        await using var folder = TestFolder.Create();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var config = Config(folder, $"{Certificate(folder)}, listen: \"{taken.LocalEndpoint}\"");

        for (var i = 0; i < 2; i++)
        {
            // A ledger that stayed open would be the second one's error.
            var (code, _, error) = await RunAsync("webhook", "--config", config);
            Assert.Equal(ExitCode.Undetermined, code);
            Assert.Contains("address already in use", error, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string Certificate(TestFolder folder) => $"certificate: {folder.At("tls.crt")}, key: {folder.At("tls.key")}";

    private static string Config(TestFolder folder, string webhook)
    {
        folder.Write("policy.d/policy.yaml", Policies.Empty);
        return folder.Write("config.yaml", $$"""
            apiVersion: nodegate.dev/v1
            kind: NodeGateConfig
            policy: {{folder.At("policy.d")}}
            state: {{folder.At("state")}}
            audit: {path: {{folder.At("audit.jsonl")}}}
            webhook: { {{webhook}} }
            """);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.InvokeAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
