using System.Text.Json;
using NodeGate.Host.Commands;
using NodeGate.Host.Doctor;
using NodeGate.Testing.RealParts;

namespace NodeGate.Host.Tests.Doctor;

public sealed class DoctorCommandTests : IAsyncLifetime
{
    private readonly TestFolder _folder = TestFolder.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Fact]
    public async Task InvokeAsync_NodeWhereNothingRuns_SaysOfEachWhatToDo()
    {
        _folder.Write("policy.yaml", Policies.Empty);
        var (code, output) = await RunAsync(_folder.Write("config.yaml", $$"""
            apiVersion: nodegate.dev/v1
            kind: NodeGateConfig
            listen: unix://{{_folder.At("n.sock")}}
            upstream: unix://{{_folder.Write("c.sock", "")}}
            policy: {{_folder.At("policy.yaml")}}
            state: {{_folder.Folder("state")}}
            audit: {path: "{{_folder.At("audit.jsonl")}}"}
            """));

        Assert.Equal(2, code);
        var checks = JsonElement.Parse(output).GetProperty("checks").EnumerateArray().DistinctBy(check => check.GetProperty("name").GetString()).ToDictionary(
            check => check.GetProperty("name").GetString()!, check => (check.GetProperty("outcome").GetString(), check.GetProperty("fix").GetString()), StringComparer.Ordinal);
        foreach (var name in (string[])["configuration", "policy", "state folder", "audit folder", "clock"])
        {
            Assert.Equal(("ok", null), checks[name]);
        }

        foreach (var name in (string[])["socket", "daemon", "containerd"])
        {
            Assert.Equal("failed", checks[name].Item1);
            Assert.NotEmpty(checks[name].Item2!);
        }
    }

    [Fact]
    public async Task InvokeAsync_BadConfiguration_FailsWithItsErrors()
    {
        var (code, output) = await RunAsync(_folder.Write("config.yaml", "listne: x\n"));
        Assert.Equal(2, code);
        Assert.Contains("listne", output, StringComparison.Ordinal);
    }

    [Fact]
    public void RegistriesOf_RulesThatAskForSignatures_AreNamedOnceWithoutWildcards() => Assert.Equal(
        ["docker.io", "ghcr.io"],
        RegistryCheck.RegistriesOf(Policies.Load("""
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: test}
            authorities:
              - name: key
                cosign:
                  keys:
                    - pem: |
                        -----BEGIN PUBLIC KEY-----
                        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
                        6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
                        -----END PUBLIC KEY-----
            rules:
              - {name: a, images: ["ghcr.io/org/**", "ghcr.io/other/app", "nginx"], require: {anyOf: [key]}}
              - {name: b, images: ["**/signed"], require: {anyOf: [key]}}
              - {name: c, images: ["quay.io/free"], allow: {reason: "free"}}
            """)));

    private async Task<(int Code, string Output)> RunAsync(string config)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.InvokeAsync(
            ["doctor", "--config", config, "--kubelet-config", "/nonexistent", "--verifier-folder", "/nonexistent", "--output", "json"], output, error);
        Assert.Empty(error.ToString());
        return (code, output.ToString());
    }
}
