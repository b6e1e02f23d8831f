using System.Text.Json;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Sigstore;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>`nodegate verify` with keyless authorities: real signatures are admitted, and for others it says which step failed.</summary>
public sealed class KeylessVerifyCommandTests
{
    [RealPartTheory("cosign-3", "busybox", "nodegate")]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Verify_SignedByCosign3_IsAdmitted(int log, bool timestamp)
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(3);
        (await cosign.RunAsync(
            ["sign", .. world.SigningArguments(log, timestamp), "--identity-token", world.Services.Token(), world.Reference(world.Image)])).EnsureSuccess();

        AssertDecision(await VerifyAsync(world, world.Image, Policy(world)), "Admitted", DecisionReason.Verified);
        AssertDecision(await VerifyAsync(world, world.OtherImage, Policy(world)), "Denied", DecisionReason.NoSignature);
    }

    [RealPartFact("cosign-2", "busybox", "nodegate")]
    public async Task Verify_SignedByCosign2_IsAdmitted()
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(2, environment: world.Files.CosignEnvironment);
        (await cosign.RunAsync(
        [
            "sign", "--yes", "--fulcio-url", world.Services.Url, "--rekor-url", world.Services.Url,
            "--identity-token", world.Services.Token(), world.Reference(world.Image),
        ])).EnsureSuccess();

        AssertDecision(await VerifyAsync(world, world.Image, Policy(world)), "Admitted", DecisionReason.Verified);
    }

    [RealPartFact("busybox", "nodegate")]
    public async Task Verify_TrustRootOfSeparateFiles_IsAdmitted()
    {
        await using var world = await SigningWorld.StartAsync();
        world.Registry.AddBundle(SigningWorld.Repository, world.Image, VirtualSigstore.Default.Signature(world.Image.Digest));

        var result = await VerifyAsync(world, world.Image, Policy(world, trustRoot: $$"""
            sigstore:
                  certificateAuthorities: [{certificates: "{{world.Files.Fulcio}}", uri: "https://fulcio.virtual.test"}]
                  certificateLogs: [{key: "{{world.Files.CtLog}}", url: "https://ctfe.virtual.test"}]
                  transparencyLogs: [{key: "{{world.Files.Rekor}}", url: "https://rekor.virtual.test", validFrom: 2025-01-01T00:00:00Z}]
                  timestampAuthorities: [{certificates: "{{world.Files.Tsa}}", uri: "https://timestamp.virtual.test"}]
            """));

        AssertDecision(result, "Admitted", DecisionReason.Verified);
    }

    [RealPartFact("busybox", "nodegate")]
    public async Task Verify_AnotherSubject_NamesTheStepAndWhatWasFound()
    {
        await using var world = await SigningWorld.StartAsync();
        world.Registry.AddBundle(SigningWorld.Repository, world.Image, VirtualSigstore.Default.Signature(world.Image.Digest));
        var policy = Policy(world, subject: "https://github.com/nodegate/other");

        var result = await VerifyAsync(world, world.Image, policy);
        var text = await NodeGateCommand.RunAsync("verify", "--policy", policy, world.Reference(world.Image));

        AssertDecision(result, "Denied", DecisionReason.IdentityMismatch);
        var evidence = JsonElement.Parse(result.StandardOutput).GetProperty("authorities")[0].GetProperty("evidence")[0];
        var last = evidence.GetProperty("steps").EnumerateArray().Last();
        Assert.Equal(("identity", "failed"), (last.GetProperty("step").GetString(), last.GetProperty("outcome").GetString()));
        Assert.Contains(VirtualSigstore.Subject, last.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("add its issuer and subject to the identities", JsonElement.Parse(result.StandardOutput).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("IdentityMismatch at step identity", text.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("      passed  certificatePath: ", text.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("      failed  identity: ", text.StandardOutput, StringComparison.Ordinal);
        Assert.Contains(VirtualSigstore.Subject, text.StandardOutput, StringComparison.Ordinal);
    }

    private static Task<CommandResult> VerifyAsync(SigningWorld world, Descriptor image, string policy) =>
        NodeGateCommand.RunAsync("verify", "--policy", policy, "--output", "json", world.Reference(image));

    private static string Policy(SigningWorld world, string subject = VirtualSigstore.Subject, string? trustRoot = null) =>
        world.Folder.Write("policy.yaml", $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: keyless}
        mode: enforce
        unmatched: deny
        trustRoots:
          - name: virtual
            {{trustRoot ?? $"trustedRoot: \"{world.Files.TrustedRoot}\""}}
        authorities:
          - name: workflow
            keyless:
              trustRoot: virtual
              identities: [{issuer: "{{VirtualSigstore.OidcIssuer}}", subject: "{{subject}}"}]
        rules:
          - {name: all, images: ["{{world.Registry.Host}}/**"], require: {anyOf: [workflow]} }
        """);

    private static void AssertDecision(CommandResult result, string decision, DecisionReason reason)
    {
        Assert.True(result.StandardOutput.StartsWith('{'), result.ToString());
        var json = JsonElement.Parse(result.StandardOutput);
        Assert.True(
            json.GetProperty("decision").GetString() == decision && json.GetProperty("reason").GetString() == reason.ToString(), result.ToString());
    }
}
