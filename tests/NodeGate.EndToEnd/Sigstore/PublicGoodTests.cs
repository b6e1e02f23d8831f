using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Sigstore;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary><c>trustRoot: public-good</c> out of the box: nothing is configured, and nothing but the image's registry is contacted.</summary>
public sealed class PublicGoodTests
{
    [RealPartFact("public-good", "busybox", "nodegate")]
    public async Task Verify_BundleOfAnotherSigstore_IsDeniedAtItsStepAndNobodyElseIsAsked()
    {
        await using var world = await SigningWorld.StartAsync();
        world.Registry.AddBundle(SigningWorld.Repository, world.Image, VirtualSigstore.Default.Signature(world.Image.Digest));
        await using var proxy = await RefusingProxyAsync();

        var result = await RunAsync(proxy, "verify", "--policy", Policy(world.Folder), "--output", "json", world.Reference(world.Image));

        Assert.True(result.ExitCode == 1, result.ToString());
        var json = JsonElement.Parse(result.StandardOutput);
        Assert.Equal(("Denied", "LogEntryInvalid"), (json.GetProperty("decision").GetString(), json.GetProperty("reason").GetString()));
        var steps = json.GetProperty("authorities")[0].GetProperty("evidence")[0].GetProperty("steps").EnumerateArray().ToList();
        Assert.Contains(steps, step => step.GetProperty("step").GetString() == "trustRoot" && step.GetProperty("outcome").GetString() == "passed");
        Assert.Equal(("logThreshold", "failed"), (steps[^1].GetProperty("step").GetString(), steps[^1].GetProperty("outcome").GetString()));
        Assert.Empty(proxy.Requests);
    }

    [RealPartFact("public-good", "nodegate")]
    public async Task Show_WithoutConfiguration_ListsWhatIsBuiltIn()
    {
        await using var folder = TestFolder.Create();
        await using var proxy = await RefusingProxyAsync();

        var result = await RunAsync(proxy, "trust", "show", "--policy", Policy(folder), "public-good");

        Assert.True(result.ExitCode == 0, result.ToString());
        foreach (var address in new[] { "https://rekor.sigstore.dev", "https://fulcio.sigstore.dev", "https://ctfe.sigstore.dev/2022" })
        {
            Assert.Contains(address, result.StandardOutput, StringComparison.Ordinal);
        }

        Assert.Empty(proxy.Requests);
    }

    [Fact]
    public async Task Publish_WithoutTheTrustRoot_RefusesBeforeItBuilds()
    {
        await using var empty = TestFolder.Create();

        var result = await Command.RunAsync(
            Path.Combine(Tools.Repository, "packaging/tools/publish.sh"), [], new Dictionary<string, string?> { ["NODEGATE_TOOLS"] = empty.Path });

        Assert.Equal((1, ""), (result.ExitCode, result.StandardOutput));
        Assert.Contains("packaging/tools/get-trust.sh", result.StandardError, StringComparison.Ordinal);
    }

    /// <summary>Whatever would leave this machine comes here instead; the registry on the loopback is exempt.</summary>
    private static Task<ScriptedServer> RefusingProxyAsync() => ScriptedServer.StartAsync(context =>
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    private static Task<CommandResult> RunAsync(ScriptedServer proxy, params IEnumerable<string> arguments) => Command.RunAsync(
        NodeGateCommand.Executable!, arguments, new Dictionary<string, string?> { ["ALL_PROXY"] = proxy.Url, ["HTTPS_PROXY"] = proxy.Url, ["NO_PROXY"] = "127.0.0.1" });

    private static string Policy(TestFolder folder) => folder.Write("policy.yaml", $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: public-good}
        mode: enforce
        unmatched: deny
        authorities:
          - name: workflow
            keyless:
              trustRoot: public-good
              identities: [{issuer: "{{VirtualSigstore.OidcIssuer}}", subject: "{{VirtualSigstore.Subject}}"}]
        rules:
          - {name: all, images: ["127.0.0.1:*/**", "registry.test/**"], require: {anyOf: [workflow]} }
        """);
}
