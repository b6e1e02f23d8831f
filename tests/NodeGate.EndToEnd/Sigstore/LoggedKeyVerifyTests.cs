using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>A key authority with <c>transparencyLog</c>: cosign's signature with the key counts only where the log has it.</summary>
public sealed class LoggedKeyVerifyTests
{
    [RealPartTheory("cosign-3", "busybox", "nodegate")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Verify_Cosign3WithKey_IsAdmittedOnlyWithTheLogEntry(int log)
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(3);
        var key = await cosign.GenerateKeyPairAsync();
        (await cosign.RunAsync(
            ["sign", "--key", key.PrivateKey, .. world.SigningArguments(log, timestamp: true), world.Reference(world.Image)])).EnsureSuccess();
        await cosign.SignAsync(world.Reference(world.OtherImage), key);
        var policy = Policy(world, key);

        AssertDecision(await VerifyAsync(policy, world.Reference(world.Image)), "Admitted", "Verified");
        AssertDecision(await VerifyAsync(policy, world.Reference(world.OtherImage)), "Denied", "LogEntryInvalid");
    }

    [RealPartFact("cosign-2", "busybox", "nodegate")]
    public async Task Verify_Cosign2WithKey_IsAdmittedOnlyWithTheLogEntry()
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(2, environment: world.Files.CosignEnvironment);
        var key = await cosign.GenerateKeyPairAsync();
        (await cosign.RunAsync(
            ["sign", "--yes", "--key", key.PrivateKey, "--rekor-url", world.Services.Url, world.Reference(world.Image)])).EnsureSuccess();
        await cosign.SignAsync(world.Reference(world.OtherImage), key);
        var policy = Policy(world, key);

        AssertDecision(await VerifyAsync(policy, world.Reference(world.Image)), "Admitted", "Verified");
        AssertDecision(await VerifyAsync(policy, world.Reference(world.OtherImage)), "Denied", "LogEntryInvalid");
    }

    private static Task<CommandResult> VerifyAsync(string policy, string reference) =>
        NodeGateCommand.RunAsync("verify", "--policy", policy, "--output", "json", reference);

    private static string Policy(SigningWorld world, CosignKeyPair key) => world.Folder.Write("policy.yaml", $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: logged-key}
        mode: enforce
        unmatched: deny
        trustRoots:
          - {name: corp, trustedRoot: "{{world.Files.TrustedRoot}}"}
        authorities:
          - name: release-key
            cosign: {keys: [{file: "{{key.PublicKey}}"}], transparencyLog: {trustRoot: corp} }
        rules:
          - {name: all, images: ["{{world.Registry.Host}}/**"], require: release-key}
        """);

    private static void AssertDecision(CommandResult result, string decision, string reason)
    {
        Assert.True(result.StandardOutput.StartsWith('{'), result.ToString());
        var json = JsonElement.Parse(result.StandardOutput);
        Assert.True((json.GetProperty("decision").GetString(), json.GetProperty("reason").GetString()) == (decision, reason), result.ToString());
    }
}
