using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using NodeGate.Host.Commands;
using NodeGate.Host.Configuration;
using NodeGate.Testing.Files;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.RealParts;

namespace NodeGate.Host.Tests;

public sealed class WebhookInitCommandTests : IDisposable
{
    private static readonly string[] Names =
        ["--namespace", "nodegate", "--secret", "nodegate-webhook-tls", "--service", "nodegate-webhook", "--configuration", "nodegate-webhook"];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_ThroughAProxy_TellsEachStepAndThenNothingToDo()
    {
        await using var server = await StartAsync();

        var first = await RunAsync(["--api-server", server.Url, .. Names]);
        var second = await RunAsync(["--api-server", server.Url, .. Names]);

        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.Contains("secret 'nodegate-webhook-tls' in namespace 'nodegate': made", first.Output, StringComparison.Ordinal);
        Assert.Contains("MutatingWebhookConfiguration 'nodegate-webhook': the caBundle of 'images.nodegate.dev' is up to date now", first.Output, StringComparison.Ordinal);
        Assert.Matches("Ready: .* lasts until .*Z; nodegate-webhook trust it", first.Output);
        Assert.Equal((0, ""), (second.Code, second.Error));
        Assert.Equal(first.Output.Split('\n')[^2], Assert.Single(second.Output.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task Init_NamesInTheConfiguration_AreUsedAndOverridden()
    {
        await using var server = await StartAsync();
        server.AddWebhookConfigurations("other", "nodegate", "nodegate-webhook");
        File.WriteAllText(_folder.At("config.yaml"), """
            apiVersion: nodegate.dev/v1
            kind: NodeGateConfig
            webhook:
              selfSigned: {namespace: nodegate, secret: nodegate-webhook-tls, service: nodegate-webhook, configurations: [nodegate-webhook]}
            """);

        var (code, output, error) = await RunAsync(["--api-server", server.Url, "--config", _folder.At("config.yaml"), "--configuration", "other"]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("MutatingWebhookConfiguration 'other'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("MutatingWebhookConfiguration 'nodegate-webhook'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_Forbidden_Exits2WithTheFix()
    {
        await using var server = await StartAsync();
        server.Allows = (verb, _) => verb == "get";

        var (code, _, error) = await RunAsync(["--api-server", server.Url, .. Names]);

        Assert.Equal(2, code);
        Assert.StartsWith("nodegate: The secret 'nodegate-webhook-tls' in namespace 'nodegate' does not exist", error, StringComparison.Ordinal);
        Assert.Contains("Fix: kubectl create secret generic nodegate-webhook-tls --namespace=nodegate", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_NoCluster_Exits2AndSaysTheOtherWays()
    {
        Assert.Null(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"));

        var (code, _, error) = await RunAsync(Names);

        Assert.Equal(2, code);
        Assert.Contains("expected to run in a pod, or --api-server", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expected a secret", "--namespace", "n", "--secret", "a/b", "--service", "s", "--configuration", "c")]
    [InlineData("http to another machine", "--namespace", "n", "--secret", "t", "--service", "s", "--configuration", "c", "--api-server", "http://10.0.0.1")]
    [InlineData("nonexistent", "--config", "/nonexistent/config.yaml")]
    public async Task Init_WrongUsage_Exits64(string expected, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);

        Assert.Equal((64, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_ConfigurationWithoutSelfSigned_Exits64()
    {
        File.WriteAllText(_folder.At("config.yaml"), "{apiVersion: nodegate.dev/v1, kind: NodeGateConfig}");

        var (code, output, error) = await RunAsync(["--print", "--config", _folder.At("config.yaml")]);

        Assert.Equal((64, ""), (code, output));
        Assert.Contains("config.yaml: found no 'webhook.selfSigned'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_NoNames_AreThoseOfTheShippedManifests()
    {
        var shipped = ConfigLoader.Load(Path.Combine(Tools.Repository, "daemonset", "webhook", "self-signed", "config.yaml")).Config!.Webhook.SelfSigned!;

        var (code, output, error) = await RunAsync(["--print", "--namespace", "nodegate"]);
        var (_, all, _) = await RunAsync(["--print"]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"""
              name: "{shipped.Secret}"
              namespace: "{shipped.Namespace}"
            """, all, StringComparison.Ordinal);
        Assert.Equal(
            shipped.Configurations.SelectMany(name => new[] { name, name }),
            Regex.Matches(all, "select: {kind: \\w+, name: \"(.+)\"}").Select(match => match.Groups[1].Value));
        using var certificate = X509Certificate2.CreateFromPem(
            Encoding.ASCII.GetString(Convert.FromBase64String(Regex.Match(output, "tls.crt: (\\S+)").Groups[1].Value)));
        Assert.True(certificate.MatchesHostname($"{shipped.Service}.{shipped.Namespace}.svc"));
    }

    [Fact]
    public async Task Init_Help_HasExamples()
    {
        var (code, output, _) = await RunAsync(["--help"]);

        Assert.Equal(0, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }

    [RealPartFact("kubectl")]
    public async Task Init_Print_IsWhatKustomizeBringsIntoTheShippedConfigurations()
    {
        var (code, output, _) = await RunAsync(["--print", .. Names]);
        var documents = output.Split("---\n");
        Directory.CreateDirectory(_folder.At("component"));
        File.WriteAllText(_folder.At("secret.yaml"), documents[0]);
        File.WriteAllText(_folder.At("component/kustomization.yaml"), documents[1]);
        var shipped = Path.GetRelativePath(_folder.Path, Path.Combine(Tools.Repository, "daemonset", "webhook", "base"));
        File.WriteAllText(_folder.At("kustomization.yaml"), $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: ["{shipped}", secret.yaml]
            components: [component]
            """);

        var rendered = (await Command.RunAsync(Tools.Path("kubectl"), ["kustomize", _folder.Path])).EnsureSuccess().StandardOutput;

        Assert.Equal(0, code);
        Assert.Equal(2, documents.Length);
        var authority = Regex.Match(documents[0], "ca.crt: (\\S+)").Groups[1].Value;
        Assert.StartsWith("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS", authority, StringComparison.Ordinal);
        Assert.Equal([authority, authority], Regex.Matches(rendered, "caBundle: (\\S+)").Select(match => match.Groups[1].Value));
    }

    private static async Task<ApiServer> StartAsync()
    {
        var server = await ApiServer.StartAsync(tls: false);
        server.AddWebhookConfigurations("nodegate-webhook", "nodegate", "nodegate-webhook");
        return server;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.InvokeAsync(["webhook", "init", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
