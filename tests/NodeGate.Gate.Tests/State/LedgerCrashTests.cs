using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;

namespace NodeGate.Gate.Tests.State;

/// <summary>What kill -9, power failures and bad disks leave behind.</summary>
public sealed class LedgerCrashTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string JournalPath => Path.Combine(_folder.Path, Journal.FileName);

    public void Dispose() => _folder.Dispose();

    /// <summary>Found by fuzzing: adding to such a time overflowed, and the daemon did not start.</summary>
    [Fact]
    public async Task Open_AnswerFromTheEndOfTime_IsNotBelieved()
    {
        await File.WriteAllBytesAsync(
            JournalPath, [.. JournalCodec.EncodeHeader(), .. JournalCodec.Encode(new ShownImage("ghcr.io/org/app:1", "sha256:aa", DateTimeOffset.MaxValue))]);

        using var ledger = Open();

        Assert.False(ledger.WasPresentRecently("ghcr.io/org/app:1", "sha256:aa"));
    }

    /// <summary>Oracle: after a cut at any byte exactly the records whose line is complete are there; nothing else ever is.</summary>
    [Fact]
    public async Task Open_CutAtEveryByte_HasExactlyTheCompleteRecords()
    {
        var ends = await WriteAsync(3);
        var whole = await File.ReadAllBytesAsync(JournalPath);

        // The beginning with the first line, and the last two records.
        foreach (var length in Enumerable.Range(0, 80).Concat(Enumerable.Range((int)ends[1] - 30, whole.Length - (int)ends[1] + 31)))
        {
            await File.WriteAllBytesAsync(JournalPath, whole.AsMemory(0, length));
            using (var ledger = Open())
            {
                for (var i = 0; i < ends.Count; i++)
                {
                    Assert.Equal(ends[i] <= length, ledger.FindAdmission(KeyOf(i)) is not null);
                }

                // And it goes on from there.
                await ledger.AdmitAsync(KeyOf(100), []);
            }

            using var again = Open();
            Assert.NotNull(again.FindAdmission(KeyOf(100)));
            Assert.Empty(Directory.GetFiles(_folder.Path, "*.damaged-*"));
        }
    }

    /// <summary>A power failure can leave zeros where the last block should be.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    public async Task Open_ZerosAtTheEnd_AreCutOff(int count)
    {
        await WriteAsync(2);
        await File.AppendAllBytesAsync(JournalPath, new byte[count]);
        using var ledger = Open();
        Assert.NotNull(ledger.FindAdmission(KeyOf(1)));
    }

    /// <summary>Oracle: what is read from a journal with one changed byte was written, and what is missing is the end or is damage.</summary>
    [Fact]
    public async Task Read_AnyByteChanged_NeverYieldsAnAdmissionThatWasNotWritten()
    {
        var ends = await WriteAsync(4);
        var whole = await File.ReadAllBytesAsync(JournalPath);
        var written = JournalContent.Read(whole).Records.Cast<Admission>().Select(a => a.Key).ToList();
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var flip in (byte[])[0x01, 0x20, 0x80])
            {
                var changed = (byte[])whole.Clone();
                changed[at] ^= flip;
                var content = JournalContent.Read(changed);
                var read = content.Records.Cast<Admission>().Select(a => a.Key).ToList();
                Assert.Empty(read.Except(written));
                Assert.True(content.IsDamaged || written.Take(read.Count).SequenceEqual(read));
                Assert.True(content.IsDamaged || read.Count < written.Count);

                // A good line after the bad one means damage; without one, it is the end that was torn.
                Assert.Equal(at < ends[^2] - 1, content.IsDamaged);
            }
        }
    }

    [Fact]
    public async Task Open_Damaged_IsSetAsideAndEverythingIsVerifiedAnewButRecentAnswersStay()
    {
        using (var ledger = Open())
        {
            await ledger.AdmitAsync(KeyOf(0), []);
            await ledger.RecordPulledAsync(ImageReference.Parse("reg.example/a:1"), "id", KeyOf(0).Digest);
            await ledger.AdmitAsync(KeyOf(1), []);
        }

        var bytes = await File.ReadAllBytesAsync(JournalPath);
        bytes[60] ^= 1;
        await File.WriteAllBytesAsync(JournalPath, bytes);
        using (var ledger = Open())
        {
            Assert.Null(ledger.FindAdmission(KeyOf(0)));
            Assert.Null(ledger.FindAdmission(KeyOf(1)));
            Assert.Null(ledger.FindPulled("reg.example/a:1", "id"));
            Assert.True(ledger.WasPresentRecently("reg.example/a:1", "id"));
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(_folder.Path, "*.damaged-20260101T000000Z"))));
        using var again = Open();
        Assert.True(again.WasPresentRecently("reg.example/a:1", "id"));
    }

    [Theory]
    [InlineData("something else entirely, which is longer than the line that every journal begins with\n")]
    [InlineData("{\"format\":\"nodegate-ledger\",\"version\":2} and more text so that it is no torn header\n")]
    public async Task Open_NotALedger_IsSetAside(string text)
    {
        await File.WriteAllTextAsync(JournalPath, text);
        using var ledger = Open();
        Assert.Single(Directory.GetFiles(_folder.Path, "*.damaged-*"));
    }

    [Fact]
    public async Task Open_LargerThanTheLimit_IsSetAsideUnread()
    {
        await using (var file = File.Create(JournalPath))
        {
            file.SetLength(LedgerLimits.MaxJournalBytes + 1);
        }

        using var ledger = Open();
        Assert.Single(Directory.GetFiles(_folder.Path, "*.damaged-*"));
    }

    [Fact]
    public async Task Open_DamagedAgainAndAgain_KeepsTheLastFew()
    {
        for (var i = 0; i < LedgerLimits.MaxDamagedFiles + 3; i++)
        {
            await File.WriteAllTextAsync(JournalPath, new string('x', 1000));
            _time.Advance(TimeSpan.FromSeconds(1));
            Open().Dispose();
        }

        Assert.Equal(LedgerLimits.MaxDamagedFiles, Directory.GetFiles(_folder.Path, "*.damaged-*").Length);
    }

    /// <summary>The process dies before the rewritten journal is renamed: the old one still counts.</summary>
    [Fact]
    public async Task Open_UnfinishedRewriteBesideIt_IsIgnored()
    {
        await WriteAsync(1);
        await File.WriteAllTextAsync(JournalPath + ".new", "half a jour");
        using var ledger = Open();
        Assert.NotNull(ledger.FindAdmission(KeyOf(0)));
        Assert.False(File.Exists(JournalPath + ".new"));
    }

    private static AdmissionKey KeyOf(int i) => new("reg.example/a", Digest.Of(BitConverter.GetBytes(i)), "rule", "p1", "t1");

    /// <summary>Writes admissions and returns where the line of each ends.</summary>
    private async Task<List<long>> WriteAsync(int count)
    {
        var ends = new List<long>();
        using var ledger = Open();
        for (var i = 0; i < count; i++)
        {
            await ledger.AdmitAsync(KeyOf(i), ["key:a"]);
            ends.Add(new FileInfo(JournalPath).Length);
        }

        return ends;
    }

    private Ledger Open() => Ledger.Open(new LedgerOptions { Folder = _folder.Path }, _time, NullLogger<Ledger>.Instance);
}
