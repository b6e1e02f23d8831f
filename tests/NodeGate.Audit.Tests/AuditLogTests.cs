using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;

namespace NodeGate.Audit.Tests;

public sealed class AuditLogTests : IDisposable
{
    private static readonly Digest SomeDigest = Digest.Of("image"u8);
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string LogPath => _folder.At("audit.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RecordAsync_Pull_WritesTheFieldsOfTheContractInOrder()
    {
        await using (var log = Open())
        {
            await log.RecordAsync(Record(DecisionEvent.Pull, "ghcr.io/org/app:1") with
            {
                Digest = SomeDigest,
                Namespace = "prod",
                Pod = "app-1",
                PodUid = "u-1",
                Decision = "Denied",
                Reason = DecisionReason.NoSignature,
                Message = "no <signature> for \"app\"",
                Rule = "org",
                Mode = PolicyMode.Audit,
                Signers = ["key sha256:1", "key sha256:2"],
                Cached = true,
                Duration = TimeSpan.FromMilliseconds(12.3456),
                PolicyRevision = "r1",
            });
        }

        using var document = JsonDocument.Parse(File.ReadAllText(LogPath));
        var root = document.RootElement;
        Assert.Equal(
            "time seq node event image digest namespace pod podUid decision reason message rule mode signers cached durationMs policyRevision prev hash",
            string.Join(' ', root.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("2026-01-01T00:00:00.000Z", root.GetProperty("time").GetString());
        Assert.Equal(1, root.GetProperty("seq").GetInt64());
        Assert.Equal("node-1", root.GetProperty("node").GetString());
        Assert.Equal("pull", root.GetProperty("event").GetString());
        Assert.Equal(SomeDigest.ToString(), root.GetProperty("digest").GetString());
        Assert.Equal("NoSignature", root.GetProperty("reason").GetString());
        Assert.Equal("no <signature> for \"app\"", root.GetProperty("message").GetString());
        Assert.Equal("audit", root.GetProperty("mode").GetString());
        Assert.Equal(2, root.GetProperty("signers").GetArrayLength());
        Assert.True(root.GetProperty("cached").GetBoolean());
        Assert.Equal(12.346, root.GetProperty("durationMs").GetDouble());
        Assert.Equal(new string('0', 64), root.GetProperty("prev").GetString());
    }

    [Theory]
    [InlineData(DecisionEvent.Pull, "pull")]
    [InlineData(DecisionEvent.ImageStatus, "imageStatus")]
    [InlineData(DecisionEvent.CreateContainer, "createContainer")]
    [InlineData(DecisionEvent.Admission, "admission")]
    [InlineData(DecisionEvent.PolicyReload, "policyReload")]
    [InlineData(DecisionEvent.Start, "start")]
    [InlineData(DecisionEvent.Stop, "stop")]
    public async Task RecordAsync_EachEvent_HasItsStableName(DecisionEvent @event, string word)
    {
        await using (var log = Open())
        {
            await log.RecordAsync(Record(@event, ""));
        }

        Assert.Contains($"\"event\":\"{word}\"", File.ReadAllText(LogPath), StringComparison.Ordinal);
    }

    /// <summary>Not by our own verifier: by the recipe of the README, which anybody can follow with sed and sha256sum.</summary>
    [Fact]
    public async Task RecordAsync_Chain_CanBeCheckedByTheRecipeOfTheReadme()
    {
        await using (var log = Open())
        {
            for (var i = 0; i < 5; i++)
            {
                await log.RecordAsync(Record(DecisionEvent.Pull, $"docker.io/library/übung:{i}"));
            }
        }

        var prev = new string('0', 64);
        foreach (var line in File.ReadAllLines(LogPath))
        {
            var hashed = Regex.Replace(line, ",\"hash\":\"[0-9a-f]{64}\"}$", "}", RegexOptions.None, TimeSpan.FromSeconds(1));
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashed)));
            using var document = JsonDocument.Parse(line);
            Assert.Equal(hash, document.RootElement.GetProperty("hash").GetString());
            Assert.Equal(prev, document.RootElement.GetProperty("prev").GetString());
            prev = hash;
        }
    }

    [Fact]
    public async Task RecordAsync_ManyAtOnce_AllWrittenInOneChainBeforeTheyReturn()
    {
        await using var log = Open();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(async () =>
        {
            await log.RecordAsync(Record(DecisionEvent.Pull, $"docker.io/a/b:{i}"));
            Assert.Contains($"docker.io/a/b:{i}\"", ReadShared(), StringComparison.Ordinal);
        })));

        var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
        Assert.Null(verification.Damage);
        Assert.Equal(1000, verification.Records);
    }

    [Fact]
    public async Task Open_SecondTime_SequenceAndChainGoOn()
    {
        await using (var log = Open())
        {
            await log.RecordAsync(Record(DecisionEvent.Start, ""));
            await log.RecordAsync(Record(DecisionEvent.Stop, ""));
        }

        await using (var log = Open())
        {
            await log.RecordAsync(Record(DecisionEvent.Start, ""));
        }

        var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
        Assert.Null(verification.Damage);
        Assert.Equal(3, verification.LastSeq);
    }

    [Fact]
    public async Task Open_WhileAnotherWrites_IsRefusedWithTheReason()
    {
        await using var log = Open();
        var e = Assert.Throws<NodeGateException>(() => Open());
        Assert.Contains("Only one NodeGate may write it", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Open_NewFile_IsNotReadableByOthers()
    {
        await using var log = Open();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(LogPath));
    }

    [Fact]
    public async Task RecordAsync_BeyondMaxBytes_RotatesAndTheChainGoesOnOverTheFiles()
    {
        await using (var log = Open(maxBytes: 4096, keep: 100))
        {
            for (var i = 0; i < 60; i++)
            {
                await log.RecordAsync(Record(DecisionEvent.ImageStatus, $"docker.io/a/b:{i}"));
            }
        }

        Assert.All(AuditReader.FilesOf(LogPath), file => Assert.InRange(new FileInfo(file).Length, 1, 4096));
        Assert.True(AuditReader.FilesOf(LogPath).Count > 3);
        var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
        Assert.Null(verification.Damage);
        Assert.Equal((60, 1, 60), (verification.Records, verification.FirstSeq, verification.LastSeq));
    }

    [Fact]
    public async Task RecordAsync_BeyondKeep_DropsTheOldestFileOnly()
    {
        await using (var log = Open(maxBytes: 4096, keep: 2))
        {
            for (var i = 0; i < 100; i++)
            {
                await log.RecordAsync(Record(DecisionEvent.ImageStatus, $"docker.io/a/b:{i}"));
            }
        }

        Assert.Equal([LogPath + ".2", LogPath + ".1", LogPath], AuditReader.FilesOf(LogPath));
        var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
        Assert.Null(verification.Damage);
        Assert.True(verification.FirstSeq > 1);
        Assert.Equal(100, verification.LastSeq);
    }

    [Fact]
    public async Task Open_CrashBetweenRotationAndFirstRecord_ChainGoesOnFromTheRotatedFile()
    {
        await using (var log = Open())
        {
            await log.RecordAsync(Record(DecisionEvent.Pull, "a"));
        }

        File.Move(LogPath, LogPath + ".1");
        await using (var log = Open())
        {
            await log.RecordAsync(Record(DecisionEvent.Pull, "b"));
        }

        var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
        Assert.Null(verification.Damage);
        Assert.Equal(2, verification.LastSeq);
    }

    [Fact]
    public async Task RecordAsync_CrashInTheMiddleOfARotation_OverwritesNoFileEarly()
    {
        // .1 was already moved to .2 when the process died: there is a gap at .1.
        await File.WriteAllTextAsync(LogPath + ".2", "two\n");
        await File.WriteAllTextAsync(LogPath + ".3", "three\n");
        await using (var log = Open(maxBytes: 4096, keep: 3))
        {
            await log.RecordAsync(Record(DecisionEvent.Pull, "a") with { Message = new string('x', 3500) });
            await log.RecordAsync(Record(DecisionEvent.Pull, "b") with { Message = new string('x', 3500) });
        }

        Assert.Equal("two\n", File.ReadAllText(LogPath + ".2"));
        Assert.Equal("three\n", File.ReadAllText(LogPath + ".3"));
        Assert.Contains("\"image\":\"a\"", File.ReadAllText(LogPath + ".1"), StringComparison.Ordinal);
    }

    /// <summary>The process dies after any byte of the last write: what was answered is there, and the chain holds after the next start.</summary>
    [Fact]
    public async Task Open_TruncatedAtEveryByteOfTheLastRecords_LosesNoAnsweredRecordAndTheChainHolds()
    {
        await using (var log = Open())
        {
            for (var i = 0; i < 3; i++)
            {
                await log.RecordAsync(Record(DecisionEvent.Pull, $"docker.io/a/b:{i}"));
            }
        }

        var whole = await File.ReadAllBytesAsync(LogPath);
        var answered = whole.AsSpan(0, whole.Length - 1).IndexOf((byte)'\n') + 1;
        for (var length = answered; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(LogPath, whole.AsMemory(0, length));
            var complete = whole.AsSpan(0, length).Count((byte)'\n');
            var torn = length - (whole.AsSpan(0, length).LastIndexOf((byte)'\n') + 1);
            await using (var log = Open())
            {
                await log.RecordAsync(Record(DecisionEvent.Start, "") with { Message = "started" });
            }

            var verification = await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None);
            Assert.Null(verification.Damage);
            Assert.Equal(complete + 1, verification.LastSeq);
            var last = File.ReadAllLines(LogPath)[^1];
            Assert.Equal(torn > 0, last.Contains($"started The last line was torn: its {torn} bytes were moved to", StringComparison.Ordinal));
            Assert.True(torn == 0 || File.ReadAllBytes(LogPath + ".torn").Length == torn);
        }
    }

    [Fact]
    public async Task Open_LastLineDamaged_IsNotRepairedButTheLogGoesOn()
    {
        await using (var log = Open())
        {
            await log.RecordAsync(Record(DecisionEvent.Pull, "a"));
            await log.RecordAsync(Record(DecisionEvent.Pull, "b"));
        }

        var lines = await File.ReadAllLinesAsync(LogPath);
        await File.WriteAllTextAsync(LogPath, lines[0] + "\ngarbage\n");
        await using (var log = Open())
        {
            await log.RecordAsync(Record(DecisionEvent.Start, ""));
        }

        var after = await File.ReadAllLinesAsync(LogPath);
        Assert.Equal("garbage", after[1]);
        Assert.Contains("\"seq\":3,", after[2], StringComparison.Ordinal);
        Assert.Contains("chain begins anew", after[2], StringComparison.Ordinal);
        var damage = (await AuditVerifier.VerifyAsync(LogPath, CancellationToken.None)).Damage;
        Assert.Equal((AuditDamageKind.Changed, 2), (damage!.Kind, damage.Line));
    }

    /// <summary>A real full disk: the kernel answers every write to /dev/full with ENOSPC.</summary>
    [Fact]
    public async Task RecordAsync_DiskFull_ThrowsAndRecoversWithAnUnbrokenChain()
    {
        File.CreateSymbolicLink(_folder.At("full.jsonl"), "/dev/full");
        await using var full = AuditLog.Open(
            new AuditOptions { Path = _folder.At("full.jsonl"), Node = "node-1" }, _time, NullLogger<AuditLog>.Instance);
        for (var i = 0; i < 3; i++)
        {
            var e = await Assert.ThrowsAsync<NodeGateException>(async () => await full.RecordAsync(Record(DecisionEvent.Pull, "lost")));
            Assert.Equal(DecisionReason.InternalError, e.Reason);
            Assert.Contains("Make room on its disk", e.Message, StringComparison.Ordinal);
        }

        File.Delete(_folder.At("full.jsonl"));
        await full.RecordAsync(Record(DecisionEvent.Pull, "kept"));
        var verification = await AuditVerifier.VerifyAsync(_folder.At("full.jsonl"), CancellationToken.None);
        Assert.Null(verification.Damage);
        Assert.Equal((1, 1), (verification.Records, verification.LastSeq));
        Assert.DoesNotContain("lost", await File.ReadAllTextAsync(_folder.At("full.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordAsync_FolderGone_ThrowsAndRecoversWhenItIsBack()
    {
        var path = System.IO.Path.Combine(_folder.At("sub"), "audit.jsonl");
        await using var log = AuditLog.Open(
            new AuditOptions { Path = path, Node = "node-1", MaxBytes = 4096, Keep = 1 }, _time, NullLogger<AuditLog>.Instance);
        var big = Record(DecisionEvent.Pull, "a") with { Message = new string('x', 3500) };
        await log.RecordAsync(big);
        Directory.Move(_folder.At("sub"), _folder.At("away"));
        await Assert.ThrowsAsync<NodeGateException>(async () => await log.RecordAsync(big));
        Directory.Move(_folder.At("away"), _folder.At("sub"));
        await log.RecordAsync(big);

        var verification = await AuditVerifier.VerifyAsync(path, CancellationToken.None);
        Assert.Null(verification.Damage);
        Assert.Equal(2, verification.LastSeq);
    }

    [Fact]
    public async Task RecordAsync_AfterDispose_Throws()
    {
        var log = Open();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<NodeGateException>(async () => await log.RecordAsync(Record(DecisionEvent.Pull, "a")));
    }

    [Fact]
    public async Task RecordAsync_TextsBeyondTheLimits_AreShortenedAndStayReadable()
    {
        var signers = Enumerable.Repeat(new string('\u0001', 5000), AuditLimits.MaxSigners + 1).ToImmutableArray();
        await using (var log = Open())
        {
            var endless = new string('\u0001', 100_000);
            await log.RecordAsync(new DecisionRecord
            {
                Event = DecisionEvent.Pull,
                Image = endless,
                Namespace = endless,
                Pod = endless,
                PodUid = endless,
                Decision = endless,
                Message = endless,
                Rule = endless,
                PolicyRevision = endless,
                Signers = signers,
            });
            await log.RecordAsync(Record(DecisionEvent.Pull, "lone \ud800 surrogate \udc00, pair \ud83d\ude00"));
        }

        var lines = await File.ReadAllLinesAsync(LogPath);
        Assert.InRange(lines[0].Length, 1, AuditLimits.MaxLineBytes - 1);
        using var document = JsonDocument.Parse(lines[0]);
        Assert.Equal(AuditLimits.MaxFieldLength, document.RootElement.GetProperty("image").GetString()!.Length);
        Assert.Equal(AuditLimits.MaxSigners, document.RootElement.GetProperty("signers").GetArrayLength());
        Assert.Equal(AuditLimits.MaxSignerLength, document.RootElement.GetProperty("signers")[0].GetString()!.Length);
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal("lone \ufffd surrogate \ufffd, pair \ud83d\ude00", second.RootElement.GetProperty("image").GetString());
    }

    [Theory]
    [InlineData(4095, 10)]
    [InlineData(4096, 0)]
    [InlineData(4096, 1001)]
    public void AuditOptions_OutOfRange_AreRefused(long maxBytes, int keep) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AuditOptions { Path = "a", Node = "n", MaxBytes = maxBytes, Keep = keep });

    private static DecisionRecord Record(DecisionEvent @event, string image) => new() { Event = @event, Image = image };

    private AuditLog Open(long maxBytes = 1024 * 1024, int keep = 10) => AuditLog.Open(
        new AuditOptions { Path = LogPath, Node = "node-1", MaxBytes = maxBytes, Keep = keep }, _time, NullLogger<AuditLog>.Instance);

    private string ReadShared()
    {
        using var stream = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
