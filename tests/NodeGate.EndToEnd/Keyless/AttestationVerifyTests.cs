using System.Text.Json;
using NodeGate.EndToEnd.Flows;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Keyless;

/// <summary><c>nodegate verify</c> with a rule that asks for an attestation, against what <c>cosign attest</c> writes.</summary>
[Collection(KeylessDefinition.Name)]
public sealed class AttestationVerifyTests(KeylessWorld world)
{
    private const string Type = "https://slsa.dev/provenance/v1";
    private const string OtherType = "https://virtual.test/review/v1";
    private const string Predicate = """{"buildDefinition": {"buildType": "https://virtual.test/build", "externalParameters": {"level": 3}}}""";

    [RealPartTheory("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Verify_SignedAndAttested_IsAdmitted(int cosign)
    {
        var image = await world.ImageAsync("attested");
        await world.SignAsync(cosign, image);
        await world.AttestAsync(cosign, image, OtherType, Predicate.Replace('3', '1'));
        await world.AttestAsync(cosign, image, Type, Predicate);

        var json = await VerifyAsync(image, "{path: /buildDefinition/externalParameters/level, equals: 3}");

        AssertDecision(json, "Admitted", DecisionReason.Verified);
        Assert.Equal(["Satisfied", "Satisfied"], json.GetProperty("authorities").EnumerateArray().Select(a => a.GetProperty("verdict").GetString()));
    }

    [RealPartTheory("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Verify_ConditionNotMet_NamesThePlaceWhatWasFoundAndWhatWasExpected(int cosign)
    {
        var image = await world.ImageAsync("attested");
        await world.SignAsync(cosign, image);
        await world.AttestAsync(cosign, image, Type, Predicate);

        var json = await VerifyAsync(
            image,
            "{path: /buildDefinition/buildType, equals: \"https://virtual.test/build\"}, {path: /buildDefinition/externalParameters/level, equals: 4}");

        AssertDecision(json, "Denied", DecisionReason.AttestationInvalid);
        var failed = FailedStep(json);
        Assert.Equal("condition", failed.GetProperty("step").GetString());
        Assert.Equal("/buildDefinition/externalParameters/level is the number 3; expected equals 4", failed.GetProperty("detail").GetString());
        Assert.Contains("level is the number 3; expected equals 4", json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [RealPartTheory("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Verify_SignedButNotAttested_IsDeniedWithTheFix(int cosign)
    {
        var image = await world.ImageAsync("attested");
        await world.SignAsync(cosign, image);

        var json = await VerifyAsync(image);

        AssertDecision(json, "Denied", DecisionReason.AttestationInvalid);
        Assert.Contains($"cosign attest --type {Type}", json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [RealPartTheory("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Verify_AttestedByAnother_IsDeniedAtTheIdentity(int cosign)
    {
        var image = await world.ImageAsync("attested");
        await world.SignAsync(cosign, image);
        await world.AttestAsync(cosign, image, Type, Predicate, KeylessWorld.Stranger);

        var json = await VerifyAsync(image);

        AssertDecision(json, "Denied", DecisionReason.AttestationInvalid);
        Assert.Equal("identity", FailedStep(json).GetProperty("step").GetString());
        Assert.Contains(KeylessWorld.Stranger, json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [RealPartTheory("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Verify_AttestedButNotSigned_IsDenied(int cosign)
    {
        var image = await world.ImageAsync("attested");
        await world.AttestAsync(cosign, image, Type, Predicate);

        var json = await VerifyAsync(image);

        Assert.Equal("Denied", json.GetProperty("decision").GetString());
        Assert.Equal(["NotSatisfied", "Satisfied"], json.GetProperty("authorities").EnumerateArray().Select(a => a.GetProperty("verdict").GetString()));
        Assert.Equal(json.GetProperty("authorities")[0].GetProperty("reason").GetString(), json.GetProperty("reason").GetString());
    }

    private async Task<JsonElement> VerifyAsync(FlowImage image, string conditions = "")
    {
        await using var folder = TestFolder.Create();
        var policy = await world.PolicyAsync(
            [("attested", $"workflow, attestations: [{{type: \"{Type}\", by: [workflow]{(conditions.Length == 0 ? "" : $", conditions: [{conditions}]")}}}]")]);
        var result = await NodeGateCommand.RunAsync("verify", "--policy", folder.Write("policy.yaml", policy), "--output", "json", image.ByTag);
        Assert.True(result.StandardOutput.StartsWith('{'), result.ToString());
        return JsonElement.Parse(result.StandardOutput);
    }

    /// <summary>The last step of the one attestation that was asked for and does not do.</summary>
    private static JsonElement FailedStep(JsonElement json)
    {
        var attested = json.GetProperty("authorities").EnumerateArray().Single(a => a.GetProperty("verdict").GetString() == "NotSatisfied");
        return attested.GetProperty("evidence").EnumerateArray()
            .Select(evidence => evidence.GetProperty("steps").EnumerateArray().Last())
            .Single(step => step.GetProperty("outcome").GetString() == "failed" && step.GetProperty("step").GetString() is "condition" or "identity");
    }

    private static void AssertDecision(JsonElement json, string decision, DecisionReason reason) =>
        Assert.True((json.GetProperty("decision").GetString(), json.GetProperty("reason").GetString()) == (decision, reason.ToString()), json.ToString());
}
