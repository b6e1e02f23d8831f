using System.Text.Json;
using NodeGate.Host.Commands;
using NodeGate.Testing.Files;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Tuf;

namespace NodeGate.Host.Tests.Trust;

/// <summary><c>nodegate trust show|update</c> as a user calls them, against a repository on this machine.</summary>
public sealed class TrustCommandTests : IAsyncLifetime, IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly TufRepository _repository;
    private TufServer _server = null!;

    public TrustCommandTests()
    {
        using var log = SigningKey.Create();
        using var other = SigningKey.Create();
        File.WriteAllText(_folder.At("key.pub"), log.PublicPem);
        File.WriteAllText(_folder.At("other.pub"), other.PublicPem);
        _repository = TufRepository.WithTarget(TimeProvider.System.GetUtcNow(), content: $$$"""
            {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
             "tlogs": [{"baseUrl": "https://rekor.corp.example", "hashAlgorithm": "SHA2_256",
               "publicKey": {"rawBytes": "{{{Convert.ToBase64String(log.PublicDer)}}}", "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": {"start": "2021-01-01T00:00:00Z"}},
               "logId": {"keyId": "{{{log.Hint}}}"}}]}
            """);
    }

    public async Task InitializeAsync()
    {
        _server = await TufServer.StartAsync(_repository);
        await File.WriteAllBytesAsync(_folder.At("root.json"), _repository.PinnedRoot);
        await File.WriteAllTextAsync(_folder.At("config.yaml"), $"""
            apiVersion: nodegate.dev/v1
            kind: NodeGateConfig
            state: {_folder.At("state")}
            policy: {_folder.At("policy.yaml")}
            """);
        await WritePolicyAsync(TufKeys);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Update_ThenShow_SaysWhatIsTrusted()
    {
        Assert.Equal((0, "corp: Updated: root 1, timestamp 1, snapshot 1, targets 1, new trusted_root.json\n"), await RunAsync("update"));
        Assert.Equal((0, "corp: Unchanged: nothing new\n"), await RunAsync("update", "corp"));
        await _server.DisposeAsync();
        var (code, output) = await RunAsync("show");

        Assert.Equal(0, code);
        Assert.StartsWith($"corp  (TUF repository {_server.Url})\n  transparency log: https://rekor.corp.example, from 2021-01-01T00:00:00Z to now on\n  TUF: root 1 until ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_NothingFetched_SaysTheFixAndExits2()
    {
        var (code, output) = await RunAsync("show");

        Assert.Equal(2, code);
        Assert.Contains("nothing of it was fetched yet; run nodegate trust update corp", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_MirrorAltered_NamesTheReasonAndExits2()
    {
        _repository.Metadata["timestamp.json"] = _repository.Timestamp.Sign(TufTestKey.Ecdsa());

        var (code, output) = await RunAsync("update", "--output", "json");

        Assert.Equal(2, code);
        var refresh = Assert.Single(JsonDocument.Parse(output).RootElement.EnumerateArray().ToList());
        Assert.Equal(("corp", "Refused", "BadSignature"), (Text(refresh, "name"), Text(refresh, "outcome"), Text(refresh, "reason")));
    }

    [Fact]
    public async Task Show_AsJson_HasMembersAndVersions()
    {
        await RunAsync("update");

        var root = Assert.Single(JsonDocument.Parse((await RunAsync("show", "-o", "json")).Output).RootElement.EnumerateArray().ToList());

        Assert.Equal("transparency log", Text(root.GetProperty("members")[0], "kind"));
        Assert.Equal(1, root.GetProperty("tuf").GetProperty("timestamp").GetProperty("version").GetInt32());
        Assert.False(root.GetProperty("tuf").GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task Show_FileOfATrustRoot_IsNamed()
    {
        await File.WriteAllBytesAsync(_folder.At("trusted.json"), _repository.TargetFiles.Values.Single());
        await WritePolicyAsync("trustedRoot: trusted.json");

        Assert.StartsWith("corp  (trusted.json)\n  transparency log: ", (await RunAsync("show")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_NameOfATrustRootWithoutMirror_Exits64()
    {
        await File.WriteAllBytesAsync(_folder.At("trusted.json"), _repository.TargetFiles.Values.Single());
        await WritePolicyAsync("trustedRoot: trusted.json");

        Assert.Equal(64, (await RunAsync("update", "corp")).Code);
        Assert.Equal((0, "No trust root of the policy comes from a TUF repository.\n"), await RunAsync("update"));
    }

    /// <summary>Lint and explain judge what the daemon would: with what was fetched, below the configuration's state folder.</summary>
    [Fact]
    public async Task PolicyLintAndExplain_FetchedTrustRoot_IsWhatTheyLoad()
    {
        await WritePolicyAsync(TufKeys, "{trustRoot: corp, identities: [{issuer: i, subject: s}]}");
        Assert.DoesNotContain("trust root", (await InvokeAsync("policy", "lint")).Output, StringComparison.Ordinal);
        await RunAsync("update");

        var (code, output) = await InvokeAsync("policy", "lint");

        Assert.Equal(0, code);
        Assert.Contains("Authority 'ci' leaves every answer open: the trust root 'corp'", output, StringComparison.Ordinal);
        Assert.Contains("it came with 0 certificate authorities, of which 1 is needed", output, StringComparison.Ordinal);
        Assert.Equal(0, (await InvokeAsync("policy", "explain", "corp.example/app")).Code);
    }

    [Fact]
    public async Task Show_UnknownName_Exits64() => Assert.Equal(64, (await RunAsync("show", "nobody")).Code);

    private string TufKeys => $"tuf: {{mirror: \"{_server.Url}\", root: root.json}}";

    /// <param name="trustRoot">What the trust root <c>corp</c> is.</param>
    /// <param name="keyless">The <c>keyless</c> of an authority beside that of a key; null for none.</param>
    private Task WritePolicyAsync(string trustRoot, string? keyless = null) => File.WriteAllTextAsync(_folder.At("policy.yaml"), $"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {"{name: test}"}
        trustRoots:
          - name: corp
            {trustRoot}
        authorities:
          - name: corp
            cosign: {"{keys: [{file: key.pub}], transparencyLog: {trustRoot: corp}}"}
          - name: ci
            {(keyless is null ? "cosign: {keys: [{file: other.pub}]}" : "keyless: " + keyless)}
        rules:
          - name: all
            images: ["corp.example/**"]
            require: {"{anyOf: [corp, ci]}"}
        """);

    private Task<(int Code, string Output)> RunAsync(string command, params string[] arguments) => InvokeAsync("trust", command, arguments);

    private async Task<(int Code, string Output)> InvokeAsync(string group, string command, params string[] arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await using var error = new StringWriter();
        var code = await CommandLine.InvokeAsync([group, command, "--config", _folder.At("config.yaml"), .. arguments], output, error);
        return (code, output.ToString());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
