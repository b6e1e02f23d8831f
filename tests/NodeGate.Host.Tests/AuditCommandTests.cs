using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Audit;
using NodeGate.Host.Commands;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Files;

namespace NodeGate.Host.Tests;

public sealed class AuditCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string LogPath => _folder.At("audit.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Query_WouldDeny_GroupsAndExitsOne()
    {
        await WriteAsync(Record("a:1", "prod-a", PolicyMode.Audit), Record("b:1", "prod-b", PolicyMode.Audit), Record("a:1", "prod-b", PolicyMode.Audit), Record("c:1", "x", PolicyMode.Enforce));

        var (code, output, _) = await RunAsync("query", "--would-deny");

        Assert.Equal(1, code);
        Assert.StartsWith("2 × a:1: Denied (NoSignature)", output, StringComparison.Ordinal);
        Assert.Contains("namespaces: prod-a, prod-b; rules: org", output, StringComparison.Ordinal);
        Assert.Contains("Sign it.", output, StringComparison.Ordinal);
        Assert.Contains("2 different, 3 records", output, StringComparison.Ordinal);
        Assert.DoesNotContain("c:1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_WouldDenyWithNothing_ExitsZero()
    {
        await WriteAsync(Record("c:1", "x", PolicyMode.Enforce));

        Assert.Equal(0, (await RunAsync("query", "--would-deny")).Code);
        Assert.Equal(0, (await RunAsync("query")).Code);
    }

    [Fact]
    public async Task Query_Json_IsTheLinesOfTheLogOrAGroupEach()
    {
        await WriteAsync(Record("a:1", "prod-a", PolicyMode.Audit), Record("b:1", "prod-b", PolicyMode.Audit));

        var lines = await RunAsync("query", "--output", "json");
        var groups = await RunAsync("query", "--group", "--output", "json");

        Assert.Equal(await File.ReadAllTextAsync(LogPath), lines.Output);
        Assert.Equal([("a:1", 1), ("b:1", 1)], groups.Output.TrimEnd('\n').Split('\n').Select(l => JsonElement.Parse(l))
            .Select(g => (g.GetProperty("image").GetString()!, g.GetProperty("count").GetInt32())));
    }

    [Fact]
    public async Task Query_Limit_ShowsTheNewest()
    {
        await WriteAsync([.. Enumerable.Range(0, 5).Select(i => Record($"image-{i}", "x", PolicyMode.Audit))]);

        var (_, output, _) = await RunAsync("query", "--limit", "2");

        Assert.DoesNotContain("image-2", output, StringComparison.Ordinal);
        Assert.Contains("image-3", output, StringComparison.Ordinal);
        Assert.Contains("image-4", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_DamagedLine_IsNamedAndTheRestIsShown()
    {
        await WriteAsync(Record("a:1", "x", PolicyMode.Audit), Record("b:1", "x", PolicyMode.Audit));
        await File.WriteAllTextAsync(LogPath, "damaged\n" + await File.ReadAllTextAsync(LogPath));

        var (code, output, error) = await RunAsync("query");

        Assert.Equal(0, code);
        Assert.Contains($"{LogPath}:1: ", error, StringComparison.Ordinal);
        Assert.Contains("b:1", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--since", "yesterday")]
    [InlineData("--until", "2026")]
    [InlineData("--image", "a***")]
    [InlineData("--limit", "0")]
    [InlineData("--decision", "Allowed")]
    [InlineData("--reason", "Unsigned")]
    [InlineData("--event", "Pull")]
    [InlineData("--group", "--no-group")]
    public async Task Query_UsageError_Exits64(params string[] args)
    {
        await WriteAsync();

        var (code, _, error) = await RunAsync(["query", .. args]);

        Assert.Equal(64, code);
        Assert.Contains(args[1], error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("verify")]
    public async Task EachCommand_NoLog_ExitsTwo(string command)
    {
        var (code, _, error) = await RunAsync(command);

        Assert.Equal(2, code);
        Assert.Contains(LogPath, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_Since_TakesADuration()
    {
        await WriteAsync(Record("a:1", "x", PolicyMode.Audit));

        Assert.Contains("a:1", (await RunAsync("query", "--since", "1h")).Output, StringComparison.Ordinal);
        Assert.Empty((await RunAsync("query", "--until", "1h")).Output);
    }

    [Fact]
    public async Task Verify_GoodAndChanged_NamesTheLine()
    {
        await WriteAsync(Record("a:1", "x", PolicyMode.Audit), Record("b:1", "x", PolicyMode.Audit));
        var good = await RunAsync("verify");
        await File.AppendAllTextAsync(LogPath, "{\"time\":");
        var torn = await RunAsync("verify");
        await File.WriteAllTextAsync(LogPath, (await File.ReadAllTextAsync(LogPath)).Replace("b:1", "c:1", StringComparison.Ordinal));
        var changed = await RunAsync("verify");

        Assert.Equal((0, 0, 1), (good.Code, torn.Code, changed.Code));
        Assert.Contains("2 records hold, 1 to 2", good.Output, StringComparison.Ordinal);
        Assert.Contains($"Changed: {LogPath}:2: ", changed.Output, StringComparison.Ordinal);
    }

    /// <summary>Attack: a log, or a pod's image in it, that rewrites what its reader sees. The chain's hashes have no key, so anybody's line may have a good one.</summary>
    [Fact]
    public async Task QueryAndVerify_HostileText_LeavesTheTerminalAlone()
    {
        await WriteAsync(Record("a:1", "x", PolicyMode.Audit), Record("b\u202E:1", "x", PolicyMode.Audit));
        var query = await RunAsync("query");
        var lines = await File.ReadAllLinesAsync(LogPath);
        var record = Regex.Replace(lines[1], "\"prev\":\"[0-9a-f]+\"", "\"prev\":\"\\u001b[2J\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        record = record[..record.LastIndexOf(",\"hash\"", StringComparison.Ordinal)];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record + "}")));
        await File.WriteAllTextAsync(LogPath, $"{lines[0]}\n{record},\"hash\":\"{hash}\"}}\n");
        var verify = await RunAsync("verify");

        Assert.Contains("b?:1", query.Output, StringComparison.Ordinal);
        Assert.Contains("a record with the hash ?[2J", verify.Output, StringComparison.Ordinal);
    }

    private static DecisionRecord Record(string image, string @namespace, PolicyMode mode) => new()
    {
        Event = DecisionEvent.Pull,
        Image = image,
        Namespace = @namespace,
        Decision = "Denied",
        Reason = DecisionReason.NoSignature,
        Message = "Sign it.",
        Rule = "org",
        Mode = mode,
    };

    private async Task WriteAsync(params DecisionRecord[] records)
    {
        await using var log = AuditLog.Open(new AuditOptions { Path = LogPath, Node = "n" }, TimeProvider.System, NullLogger<AuditLog>.Instance);
        foreach (var record in records)
        {
            await log.RecordAsync(record);
        }
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var config = _folder.At("config.yaml");
        await File.WriteAllTextAsync(config, $"apiVersion: nodegate.dev/v1\nkind: NodeGateConfig\naudit: {{path: {LogPath}}}\n");
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.InvokeAsync(["audit", args[0], "--config", config, .. args[1..]], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
