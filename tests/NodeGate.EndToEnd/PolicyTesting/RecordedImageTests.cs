using System.Text;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.PolicyTesting;

/// <summary>`nodegate verify --record` of images that cosign signed, then `nodegate policy test` when the registry is gone.</summary>
public sealed class RecordedImageTests
{
    [RealPartTheory("cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PolicyTest_RecordedImages_AreJudgedWithTheRegistryStopped(int major)
    {
        await using var folder = TestFolder.Create();
        await using var cosign = Cosign.Version(major);
        await cosign.GenerateKeyPairAsync("other", folder.Path);
        var key = await cosign.GenerateKeyPairAsync("release", folder.Path);
        string host;
        string digest;
        await using (var registry = await TestRegistry.StartAsync())
        {
            host = registry.Host;
            digest = await Crane.MakeBusyboxImageAsync($"{host}/org/signed:1", new ImageRecipe());
            await cosign.SignAsync($"{host}/org/signed@{digest}", key);
            await Crane.MakeBusyboxImageAsync($"{host}/org/unsigned:1", new ImageRecipe { Seed = "unsigned" });
            folder.Write("policy.yaml", Policy(host, "release"));
            Assert.Equal(0, (await RecordAsync(folder, "signed.json", $"{host}/org/signed:1")).ExitCode);
            Assert.Equal(1, (await RecordAsync(folder, "unsigned.json", $"{host}/org/unsigned:1")).ExitCode);
        }

        folder.Write("tests/cases.yaml", $$"""
            apiVersion: nodegate.dev/v1
            kind: PolicyTest
            policy: ../policy.yaml
            cases:
              - {name: signed, image: "{{host}}/org/signed:1", recording: ../signed.json, expect: {decision: Admitted, reason: Verified, rule: org} }
              - {name: by digest, image: "{{host}}/org/signed@{{digest}}", recording: ../signed.json, expect: {decision: Admitted, reason: Verified} }
              - {name: unsigned, image: "{{host}}/org/unsigned:1", recording: ../unsigned.json, expect: {decision: Denied, reason: NoSignature} }
              - {name: not recorded, image: "{{host}}/org/unsigned:1", recording: ../signed.json, expect: {decision: Undetermined, reason: RegistryUnavailable} }
            """);
        var kept = await NodeGateCommand.RunAsync("policy", "test", folder.At("tests"));
        folder.Write("changed.yaml", Policy(host, "other"));
        var changed = await NodeGateCommand.RunAsync("policy", "test", "--policy", folder.At("changed.yaml"), folder.At("tests"));

        Assert.True(kept.ExitCode == 0, kept.ToString());
        Assert.Contains("4 ok, 0 failed, 4 cases", kept.StandardOutput, StringComparison.Ordinal);

        // With another key the same recording is refused: it is verified, not believed.
        Assert.True(changed.ExitCode == 1, changed.ToString());
        Assert.Contains("decision: expected Admitted, found Denied", changed.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("authority release: NotSatisfied (SignatureInvalid)", changed.StandardOutput, StringComparison.Ordinal);
    }

    [RealPartFact("cosign-3", "docker-registry", "crane", "busybox", "nodegate")]
    public async Task Record_PrivateRegistry_KeepsNoCredentials()
    {
        await using var folder = TestFolder.Create();
        await using var registry = await DockerRegistryProcess.StartAsync(new DockerRegistryOptions { BasicAuth = true });
        var account = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DockerRegistryProcess.UserName}:{DockerRegistryProcess.Password}"));
        folder.Write("config.json", $"{{\"auths\":{{\"{registry.Host}\":{{\"auth\":\"{account}\"}}}}}}");
        await using var cosign = Cosign.Version(3, folder.Path);
        var key = await cosign.GenerateKeyPairAsync("release", folder.Path);
        var digest = await Crane.MakeBusyboxImageAsync(registry.Host + "/org/app:1", new ImageRecipe(), folder.Path);
        await cosign.SignAsync($"{registry.Host}/org/app@{digest}", key);
        folder.Write("policy.yaml", Policy(registry.Host, "release"));

        var verify = await RecordAsync(folder, "app.json", registry.Host + "/org/app:1");

        Assert.True(verify.ExitCode == 0, verify.ToString());
        var recorded = await File.ReadAllTextAsync(folder.At("app.json"));
        Assert.Contains(digest, recorded, StringComparison.Ordinal);
        Assert.DoesNotContain(account, recorded, StringComparison.Ordinal);
        Assert.DoesNotContain(DockerRegistryProcess.Password, recorded, StringComparison.Ordinal);
    }

    private static Task<CommandResult> RecordAsync(TestFolder folder, string file, string image) => Command.RunAsync(
        NodeGateCommand.Executable!,
        ["verify", "--policy", folder.At("policy.yaml"), "--record", folder.At(file), image],
        new Dictionary<string, string?> { ["DOCKER_CONFIG"] = folder.Path });

    private static string Policy(string host, string key) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: tested}
        authorities:
          - {name: release, cosign: {keys: [{file: {{key}}.pub}]} }
        rules:
          - {name: org, images: ["{{host}}/org/**"], require: {anyOf: [release]} }
        """;
}
