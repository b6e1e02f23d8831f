using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>`nodegate verify`: its exit codes, its JSON, and that it says what cosign says.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class VerifyCommandTests(FlowWorld world)
{
    private static readonly string[] Keys =
        ["image", "digest", "namespace", "decision", "reason", "message", "rule", "mode", "policyRevision", "durationMs", "authorities"];

    [RealPartTheory("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(FlowData.SigningRows), MemberType = typeof(FlowData))]
    public async Task Verify_EachImage_AgreesWithCosign(string registry, int major)
    {
        var corpus = await world.CorpusAsync(registry, major);
        var keys = await world.KeysAsync();
        var cosign = await world.CosignAsync(major);
        foreach (var (reference, arguments, isGood) in new (string, string[], bool)[]
        {
            (corpus.Signed.ByTag, [], true),
            (corpus.Signed.ByDigest, [], true),
            (corpus.Unsigned.ByTag, [], false),
            (corpus.Foreign.ByTag, [], false),
            (corpus.Moved.ByTag, [], false),
            (corpus.Moved.ByDigest, [], true),
            (corpus.Annotated.ByTag, ["-a", "env=prod"], true),
            (corpus.NotAnnotated.ByTag, ["-a", "env=prod"], false),
            (corpus.Index.ByTag, [], true),
            (corpus.DockerSchema2.ByTag, [], true),
        })
        {
            var theirs = await cosign.VerifyAsync(reference, keys.Release, arguments);
            Assert.True(theirs.ExitCode == 0 == isGood, theirs.ToString());
            var ours = await NodeGateCommand.RunAsync("verify", "--policy", await world.PolicyFileAsync(), "--output", "json", "--namespace", "prod", reference);
            Assert.True(ours.ExitCode == (isGood ? 0 : 1), ours.ToString());
            var json = JsonElement.Parse(ours.StandardOutput);
            AssertShape(json);
            Assert.Equal(
                (reference, "prod", isGood ? "Admitted" : "Denied", "enforce"),
                (json.GetProperty("image").GetString(), json.GetProperty("namespace").GetString(), json.GetProperty("decision").GetString(), json.GetProperty("mode").GetString()));
            if (isGood)
            {
                AssertVerified(json, major);
            }
        }
    }

    [RealPartFact("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    public async Task Verify_RegistryGone_IsUndetermined()
    {
        await using var folder = TestFolder.Create();
        var reference = $"127.0.0.1:{Probe.FreePort()}/app:1";
        var policy = folder.Write("policy.yaml", FlowPolicy.Corpora(await world.KeysAsync(), [reference.Split('/')[0]]));

        var result = await NodeGateCommand.RunAsync("verify", "--policy", policy, "--output", "json", reference);

        Assert.True(result.ExitCode == 2, result.ToString());
        var json = JsonElement.Parse(result.StandardOutput);
        AssertShape(json);
        Assert.Equal(
            ("Undetermined", "RegistryUnavailable", JsonValueKind.Null),
            (json.GetProperty("decision").GetString(), json.GetProperty("reason").GetString(), json.GetProperty("digest").ValueKind));
    }

    [RealPartFact("docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    public async Task Verify_AuditMode_ExitsZeroWithTheReason()
    {
        await using var folder = TestFolder.Create();
        var corpus = await world.CorpusAsync(FlowData.Fallback, 3);
        var text = FlowPolicy.Corpora(await world.KeysAsync(), [corpus.Prefix]).Replace("mode: enforce", "mode: audit", StringComparison.Ordinal);

        var result = await NodeGateCommand.RunAsync("verify", "--policy", folder.Write("policy.yaml", text), "--output", "json", corpus.Unsigned.ByTag);

        Assert.True(result.ExitCode == 0, result.ToString());
        var json = JsonElement.Parse(result.StandardOutput);
        AssertShape(json);
        Assert.Equal(
            ("Denied", "NoSignature", "audit"),
            (json.GetProperty("decision").GetString(), json.GetProperty("reason").GetString(), json.GetProperty("mode").GetString()));
    }

    [RealPartTheory("nodegate")]
    [InlineData("--no-such-option")]
    [InlineData("--policy", "{bad}", "127.0.0.1:1/app:1")]
    [InlineData("--policy", "{good}", "127.0.0.1:1/App:1")]
    [InlineData("--policy", "{good}")]
    [InlineData("--policy", "{missing}", "127.0.0.1:1/app:1")]
    [InlineData("--config", "{missing}", "--policy", "{good}", "127.0.0.1:1/app:1")]
    public async Task Verify_UsageOrPolicyIsWrong_Exits64AndSaysWhere(params string[] arguments)
    {
        const string Good = "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: p}\nunmatched: deny\n";
        await using var folder = TestFolder.Create();
        var good = folder.Write("good.yaml", Good);
        var bad = folder.Write("bad.yaml", Good + "mode: lenient\nrulez: []\n");

        var result = await NodeGateCommand.RunAsync(arguments
            .Select(argument => argument.Replace("{bad}", bad, StringComparison.Ordinal).Replace("{good}", good, StringComparison.Ordinal)
                .Replace("{missing}", folder.At("missing.yaml"), StringComparison.Ordinal))
            .Prepend("verify"));

        Assert.True(result.ExitCode == 64, result.ToString());
        Assert.NotEmpty(result.StandardError);
        if (arguments.Contains("{bad}"))
        {
            // All errors, each with file, place, what was found and what was expected.
            Assert.Contains(bad, result.StandardError, StringComparison.Ordinal);
            Assert.Contains("lenient", result.StandardError, StringComparison.Ordinal);
            Assert.Contains("rulez", result.StandardError, StringComparison.Ordinal);
        }
    }

    private static void AssertShape(JsonElement json)
    {
        Assert.Equal(Keys, Names(json));
        foreach (var authority in json.GetProperty("authorities").EnumerateArray())
        {
            Assert.Equal(["name", "verdict", "reason", "evidence"], Names(authority));
            Assert.Contains(authority.GetProperty("verdict").GetString(), (string[])["Satisfied", "NotSatisfied", "Inconclusive"]);
            foreach (var evidence in authority.GetProperty("evidence").EnumerateArray())
            {
                Assert.Equal(["kind", "source", "outcome", "signer", "steps"], Names(evidence));
                foreach (var step in evidence.GetProperty("steps").EnumerateArray())
                {
                    Assert.Equal(["step", "outcome", "detail"], Names(step));
                    Assert.Contains(step.GetProperty("outcome").GetString(), (string[])["passed", "failed", "skipped"]);
                }
            }
        }
    }

    private static void AssertVerified(JsonElement json, int major)
    {
        Assert.Equal("Verified", json.GetProperty("reason").GetString());
        var authority = Assert.Single(json.GetProperty("authorities").EnumerateArray());
        Assert.Equal("Satisfied", authority.GetProperty("verdict").GetString());
        var evidence = authority.GetProperty("evidence").EnumerateArray().First(item => item.GetProperty("outcome").GetString() == "Verified");
        Assert.Equal(major == 2 ? "cosign-signature" : "sigstore-bundle", evidence.GetProperty("kind").GetString());
        Assert.StartsWith("sha256:", evidence.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(JsonValueKind.Null, evidence.GetProperty("signer").ValueKind);
        Assert.NotEmpty(evidence.GetProperty("steps").EnumerateArray());
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
