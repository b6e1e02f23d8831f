using System.Text.Json;
using NodeGate.Host.Commands;
using NodeGate.Testing.Files;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.Host.Tests.PolicyTesting;

/// <summary><c>verify --record</c> against a real registry, then <c>policy test</c> without it.</summary>
public sealed class PolicyTestCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Test_RecordedImage_IsJudgedWithTheRegistryGone(bool bundle)
    {
        string host;
        await using (var registry = await TestRegistry.StartAsync())
        {
            host = registry.Host;
            var image = await registry.AddImageAsync("org/app", "1");
            if (bundle)
            {
                registry.AddBundle("org/app", image, _key);
            }
            else
            {
                registry.AddLegacySignature("org/app", image, _key);
            }

            WritePolicy(host);
            var verify = await RunAsync("verify", "--policy", _folder.At("policy.yaml"), "--record", _folder.At("app.json"), $"{host}/org/app:1");
            Assert.True(verify.Code == 0, verify.Output + verify.Error);
        }

        var test = await TestAsync($$$"""
              - {name: signed, image: "{{{host}}}/org/app:1", recording: app.json, expect: {decision: Admitted, reason: Verified, rule: org, mode: enforce}}
              - {name: elsewhere, image: "{{{host}}}/org/else:1", recording: app.json, expect: {decision: Undetermined, reason: RegistryUnavailable}}
            """);

        Assert.True(test.Code == 0, test.Output + test.Error);
        Assert.Contains("2 ok, 0 failed, 2 cases", test.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_CaseWithoutARecording_DialsNothing()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.AddImageAsync("org/app", "1");
        WritePolicy(registry.Host);

        var test = await TestAsync($$$"""
              - {name: unsigned, image: "{{{registry.Host}}}/org/app:1", expect: {decision: Denied, reason: NoSignature, rule: org}}
              - {name: unmatched, image: "nginx", expect: {decision: Denied, reason: NoMatchingRule}}
              - {name: free, image: "{{{registry.Host}}}/free/app:1", expect: {decision: Admitted, reason: AllowedByRule}}
            """);

        Assert.True(test.Code == 0, test.Output + test.Error);
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public async Task Test_CaseThatFails_SaysWhatWasFoundAndWhy()
    {
        WritePolicy("reg.example");

        var test = await TestAsync("""
              - {name: good, image: "reg.example/free/app:1", expect: {decision: Admitted}}
              - {name: bad, image: "reg.example/org/app:1", expect: {decision: Admitted, rule: free}}
            """);

        Assert.Equal(1, test.Code);
        Assert.Contains("ok      ", test.Output, StringComparison.Ordinal);
        Assert.Contains("decision: expected Admitted, found Denied", test.Output, StringComparison.Ordinal);
        Assert.Contains("rule free: None of its patterns matches reg.example/org/app.", test.Output, StringComparison.Ordinal);
        Assert.Contains("authority release: NotSatisfied (NoSignature)", test.Output, StringComparison.Ordinal);
        Assert.Contains("1 ok, 1 failed, 2 cases", test.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_Json_IsOneObjectWithEachDecision()
    {
        WritePolicy("reg.example");
        WriteTests("""  - {name: bad, image: "reg.example/org/app:1", expect: {decision: Admitted}}""");

        var first = await RunAsync("policy", "test", "--output", "json", _folder.At("tests.yaml"));
        var again = await RunAsync("policy", "test", "--output", "json", _folder.At("tests.yaml"));

        Assert.Equal((1, first.Output), (first.Code, again.Output));
        var json = JsonElement.Parse(first.Output);
        Assert.Equal(1, json.GetProperty("failed").GetInt32());
        var found = json.GetProperty("cases")[0];
        Assert.Equal(("bad", false), (found.GetProperty("name").GetString(), found.GetProperty("ok").GetBoolean()));
        Assert.Equal("NoSignature", found.GetProperty("found").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Test_TimeOfACase_DecidesOnAnException()
    {
        await File.WriteAllTextAsync(_folder.At("policy.yaml"), $$$"""
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: test}
            exceptions:
              - {name: legacy, images: ["reg.example/old@sha256:{{{new string('a', 64)}}}"], expires: 2026-12-31T00:00:00Z, owner: team-a}
            """);

        var test = await TestAsync($$$"""
              - {name: before, image: "reg.example/old:1", digest: "sha256:{{{new string('a', 64)}}}", at: 2026-12-30T00:00:00Z, expect: {decision: Admitted, reason: Exempted, rule: legacy}}
              - {name: after, image: "reg.example/old:1", digest: "sha256:{{{new string('a', 64)}}}", at: 2027-01-01T00:00:00Z, expect: {decision: Denied}}
              - {name: another, image: "reg.example/old:1", digest: "sha256:{{{new string('b', 64)}}}", at: 2026-12-30T00:00:00Z, expect: {decision: Denied}}
            """);

        Assert.True(test.Code == 0, test.Output + test.Error);
    }

    [Fact]
    public async Task Test_EverythingThatIsWrong_IsToldAtOnce()
    {
        await File.WriteAllTextAsync(_folder.At("broken.json"), "{}");
        WriteTests("""
              - {name: a, image: "a", recording: missing.json, expect: {decision: Denied}}
              - {name: b, image: "a", recording: broken.json, expect: {decision: Denied}}
              - {name: c, image: "a", expect: {decision: maybe}}
            """);
        await File.WriteAllTextAsync(_folder.At("policy.yaml"), "kind: Nonsense\n");

        var test = await RunAsync("policy", "test", _folder.At("tests.yaml"), _folder.At("no-such-file.yaml"));

        Assert.Equal(64, test.Code);
        foreach (var expected in new[] { "missing.json", "broken.json", "'maybe'", "no-such-file.yaml", "policy.yaml" })
        {
            Assert.Contains(expected, test.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Test_Folder_IsItsYamlFilesAndNeedsOne()
    {
        WritePolicy("reg.example");
        Directory.CreateDirectory(_folder.At("cases"));
        var empty = await RunAsync("policy", "test", _folder.At("cases"));
        await File.WriteAllTextAsync(_folder.At("cases/a.yaml"), "apiVersion: nodegate.dev/v1\nkind: PolicyTest\npolicy: ../policy.yaml\ncases:\n  - {name: a, image: \"nginx\", expect: {decision: Denied}}\n");
        await File.WriteAllTextAsync(_folder.At("cases/note.txt"), "not a case");
        var one = await RunAsync("policy", "test", _folder.At("cases"));
        await File.WriteAllTextAsync(_folder.At("open.yaml"), "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: open}\nunmatched: allow\n");
        var other = await RunAsync("policy", "test", "--policy", _folder.At("open.yaml"), _folder.At("cases"));

        Assert.Equal((64, 0, 1), (empty.Code, one.Code, other.Code));
    }

    [Fact]
    public async Task Verify_RecordThatCannotBeWritten_ExitsTwo()
    {
        WritePolicy("reg.example");

        var verify = await RunAsync("verify", "--policy", _folder.At("policy.yaml"), "--record", _folder.At("no/such/folder.json"), "reg.example/free/app:1");

        Assert.Equal(2, verify.Code);
        Assert.Contains("--record", verify.Error, StringComparison.Ordinal);
    }

    private void WritePolicy(string host)
    {
        File.WriteAllText(_folder.At("release.pub"), _key.PublicPem);
        File.WriteAllText(_folder.At("policy.yaml"), $$$"""
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: test}
            authorities:
              - {name: release, cosign: {keys: [{file: release.pub}]}}
            rules:
              - {name: org, images: ["{{{host}}}/org/**"], require: {anyOf: [release]}}
              - {name: free, images: ["{{{host}}}/free/**"], allow: {reason: "free"}}
            """);
    }

    private void WriteTests(string cases) =>
        File.WriteAllText(_folder.At("tests.yaml"), "apiVersion: nodegate.dev/v1\nkind: PolicyTest\npolicy: policy.yaml\ncases:\n" + cases);

    private async Task<(int Code, string Output, string Error)> TestAsync(string cases)
    {
        WriteTests(cases);
        return await RunAsync("policy", "test", _folder.At("tests.yaml"));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.InvokeAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
