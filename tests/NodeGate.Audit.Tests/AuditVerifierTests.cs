using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Policy;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;

namespace NodeGate.Audit.Tests;

public sealed class AuditVerifierTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string LogPath => _folder.At("audit.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task VerifyAsync_NoLog_HasNoRecordsAndNoDamage()
    {
        var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
        Assert.Equal((0, null), (verification.Records, verification.Damage));
    }

    [Fact]
    public async Task VerifyAsync_LineChanged_NamesIt()
    {
        var lines = await WriteAsync(5);
        lines[2] = lines[2].Replace("image-2", "image-9", StringComparison.Ordinal);
        await AssertDamageAsync(lines, AuditDamageKind.Changed, 3);
    }

    [Fact]
    public async Task VerifyAsync_LineChangedWithItsHash_NamesIt()
    {
        var lines = await WriteAsync(5);
        lines[2] = Rehash(lines[2].Replace("image-2", "image-9", StringComparison.Ordinal));
        await AssertDamageAsync(lines, AuditDamageKind.Changed, 3);
    }

    [Fact]
    public async Task VerifyAsync_LineRemoved_NamesTheLineAfterIt()
    {
        var lines = await WriteAsync(5);
        lines.RemoveAt(2);
        await AssertDamageAsync(lines, AuditDamageKind.Removed, 3);
    }

    [Fact]
    public async Task VerifyAsync_LineInserted_NamesIt()
    {
        var lines = await WriteAsync(5);
        lines.Insert(3, lines[1]);
        await AssertDamageAsync(lines, AuditDamageKind.Inserted, 4);
    }

    [Fact]
    public async Task VerifyAsync_LinesSwapped_NamesTheFirst()
    {
        var lines = await WriteAsync(5);
        (lines[1], lines[2]) = (lines[2], lines[1]);
        await AssertDamageAsync(lines, AuditDamageKind.Removed, 2);
    }

    [Fact]
    public async Task VerifyAsync_FirstLineRemoved_IsSeenUnlessItWasRotatedAway()
    {
        // Records before the oldest file are gone by rotation, so a later start is no damage; a forged number 1 is.
        var lines = await WriteAsync(3);
        lines.RemoveAt(0);
        await File.WriteAllLinesAsync(LogPath, lines);
        var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
        Assert.Equal((null, 2), (verification.Damage, verification.FirstSeq));

        lines[0] = Rehash(lines[0].Replace("\"seq\":2", "\"seq\":1", StringComparison.Ordinal));
        await AssertDamageAsync(lines, AuditDamageKind.Changed, 1);
    }

    [Fact]
    public async Task VerifyAsync_TornLastLine_NamesIt()
    {
        var lines = await WriteAsync(3);
        await File.WriteAllTextAsync(LogPath, string.Join('\n', lines));
        var damage = (await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None)).Damage;
        Assert.Equal((AuditDamageKind.Torn, 3), (damage!.Kind, damage.Line));
    }

    [Fact]
    public async Task VerifyAsync_LineBeyondTheLimit_IsNotReadToItsEnd()
    {
        await File.WriteAllTextAsync(LogPath, new string('x', 3 * AuditLimits.MaxLineBytes));
        var damage = (await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None)).Damage;
        Assert.Equal((AuditDamageKind.Torn, 1), (damage!.Kind, damage.Line));
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("[]")]
    [InlineData("not json")]
    public async Task VerifyAsync_NotARecordAlthoughItsHashHolds_IsNamed(string text)
    {
        var lines = await WriteAsync(1);
        lines.Add(Rehash(text[..^1] + ",\"hash\":\"" + new string('0', 64) + "\"}"));
        await AssertDamageAsync(lines, AuditDamageKind.Changed, 2);
    }

    /// <summary>Oracle: no single changed byte goes unseen.</summary>
    [Fact]
    public async Task VerifyAsync_AnyByteFlipped_IsSeen()
    {
        await WriteAsync(3);
        var whole = await File.ReadAllBytesAsync(LogPath);
        for (var i = 0; i < whole.Length; i++)
        {
            var changed = (byte[])whole.Clone();
            changed[i] ^= 1;
            await File.WriteAllBytesAsync(LogPath, changed);
            Assert.NotNull((await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None)).Damage);
        }
    }

    private static string Rehash(string line)
    {
        var record = Regex.Replace(line, ",\"hash\":\"[0-9a-f]{64}\"}$", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        return $"{record},\"hash\":\"{AuditChain.Hash(System.Text.Encoding.UTF8.GetBytes(record))}\"}}";
    }

    private async Task<List<string>> WriteAsync(int count)
    {
        await using (var log = AuditLog.Open(
            new AuditOptions { Path = LogPath, Node = "node-1" }, new FakeTimeProvider(), NullLogger<AuditLog>.Instance))
        {
            for (var i = 0; i < count; i++)
            {
                await log.RecordAsync(new DecisionRecord { Event = DecisionEvent.Pull, Image = $"image-{i}" });
            }
        }

        return [.. await File.ReadAllLinesAsync(LogPath)];
    }

    private async Task AssertDamageAsync(List<string> lines, AuditDamageKind kind, long line)
    {
        await File.WriteAllLinesAsync(LogPath, lines);
        var damage = (await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None)).Damage;
        Assert.Equal((kind, line), (damage!.Kind, damage.Line));
    }
}
