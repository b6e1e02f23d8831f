using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;

namespace NodeGate.Gate.Tests.State;

public sealed class LedgerTests : IDisposable
{
    private static readonly AdmissionKey Key = KeyOf(0);
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string JournalPath => Path.Combine(_folder.Path, Journal.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FindAdmission_AfterRestart_IsStillThere()
    {
        using (var ledger = Open())
        {
            await ledger.AdmitAsync(Key, ["key:a", "key:b"]);
        }

        using var again = Open();
        var admission = again.FindAdmission(Key);
        Assert.Equal(_time.GetUtcNow(), admission!.AdmittedAt);
        Assert.Equal<string>(["key:a", "key:b"], admission.Signers);
    }

    [Fact]
    public async Task FindAdmission_AnyPartOfTheKeyDiffers_IsNotThere()
    {
        using var ledger = Open();
        await ledger.AdmitAsync(Key, []);
        Assert.NotNull(ledger.FindAdmission(Key with { }));
        Assert.Null(ledger.FindAdmission(Key with { Repository = "reg.example/b" }));
        Assert.Null(ledger.FindAdmission(Key with { Digest = Digest.Of("x"u8) }));
        Assert.Null(ledger.FindAdmission(Key with { Rule = "other" }));
        Assert.Null(ledger.FindAdmission(Key with { PolicyRevision = "p2" }));
        Assert.Null(ledger.FindAdmission(Key with { TrustRevision = "t2" }));
        Assert.Null(ledger.FindAdmission(Key with { Tag = "1" }));
    }

    [Fact]
    public async Task FindAdmission_AfterADay_IsNoLongerFreshAlsoOverARestart()
    {
        using (var ledger = Open())
        {
            await ledger.AdmitAsync(Key, []);
            _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
            Assert.NotNull(ledger.FindAdmission(Key));
        }

        using var again = Open();
        Assert.NotNull(again.FindAdmission(Key));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(again.FindAdmission(Key));
    }

    [Fact]
    public async Task FindAdmission_WallClockSetBack_ProlongsNothing()
    {
        using var ledger = Open();
        await ledger.AdmitAsync(Key, []);
        var admitted = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromHours(23));
        _time.SetWallClock(admitted);
        Assert.NotNull(ledger.FindAdmission(Key));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(ledger.FindAdmission(Key));
    }

    [Fact]
    public async Task FindAdmission_FromTheFuture_IsNotFresh()
    {
        var now = _time.GetUtcNow();
        using (var ledger = Open())
        {
            await ledger.AdmitAsync(Key, []);
            _time.SetWallClock(now.AddSeconds(-1));
            Assert.Null(ledger.FindAdmission(Key));
        }

        using var again = Open();
        _time.SetWallClock(now.AddSeconds(1));
        Assert.Null(again.FindAdmission(Key));
    }

    [Fact]
    public async Task FindLapsed_WithinTheGrace_IsThereAlsoOverARewriteAndARestart()
    {
        var options = new LedgerOptions { Folder = _folder.Path, GraceFor = TimeSpan.FromHours(2) };
        using (var ledger = Ledger.Open(options, _time, NullLogger<Ledger>.Instance))
        {
            await ledger.AdmitAsync(Key, ["key:a"]);
            Assert.Null(ledger.FindLapsed(Key));
            _time.Advance(TimeSpan.FromHours(25));
            Assert.Null(ledger.FindAdmission(Key));
            for (var i = 0; i < LedgerLimits.CompactionSlack + 10; i++)
            {
                await ledger.AdmitAsync(KeyOf(1), []);
            }

            Assert.NotNull(ledger.FindLapsed(Key));
        }

        using var again = Ledger.Open(options, _time, NullLogger<Ledger>.Instance);
        Assert.Equal<string>(["key:a"], again.FindLapsed(Key)!.Signers);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(again.FindLapsed(Key));
    }

    [Fact]
    public async Task RecordIndexAsync_OverARewriteAndARestart_IsFoundByItsImagesInItsRepository()
    {
        var (index, child, own) = (Digest.Of("index"u8), Digest.Of("child"u8), Digest.Of("own"u8));
        using (var ledger = Open())
        {
            await ledger.RecordIndexAsync(new KnownIndex("reg.example/a", index, [child, own], own, _time.GetUtcNow()));
            for (var i = 0; i < LedgerLimits.CompactionSlack + 10; i++)
            {
                await ledger.AdmitAsync(KeyOf(1), []);
            }
        }

        using var again = Open();
        Assert.Equal(index, Assert.Single(again.FindIndexesOf("reg.example/a", child)).Digest);
        Assert.Equal(own, again.FindIndex("reg.example/a", index)!.Own);
        Assert.Empty(again.FindIndexesOf("reg.example/b", child));
        Assert.Empty(again.FindIndexesOf("reg.example/a", index));
    }

    [Fact]
    public async Task RecordIndexAsync_BeyondTheLimit_TheOldestGoFirst()
    {
        using var ledger = Ledger.Open(new LedgerOptions { Folder = null }, _time, NullLogger<Ledger>.Instance);
        var child = Digest.Of("child"u8);
        for (var i = 0; i <= LedgerLimits.MaxIndexes; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await ledger.RecordIndexAsync(new KnownIndex("reg.example/a", Digest.Of(BitConverter.GetBytes(i)), [child], null, _time.GetUtcNow()));
        }

        Assert.Null(ledger.FindIndex("reg.example/a", Digest.Of(BitConverter.GetBytes(0))));
        Assert.NotNull(ledger.FindIndex("reg.example/a", Digest.Of(BitConverter.GetBytes(LedgerLimits.MaxIndexes))));
    }

    /// <summary>More than one batch at once: all are on the disk when their callers are told.</summary>
    [Fact]
    public async Task AdmitAsync_ManyAtOnce_AreAllThereAfterARestart()
    {
        const int Count = LedgerLimits.MaxBatch + 50;
        using (var ledger = Open())
        {
            await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Run(() => ledger.AdmitAsync(KeyOf(i), ["key:a"]).AsTask())));
        }

        using var again = Open();
        Assert.All(Enumerable.Range(0, Count), i => Assert.NotNull(again.FindAdmission(KeyOf(i))));
    }

    [Fact]
    public async Task RecordPulledAsync_AfterRestart_IsFoundByReferenceAndById()
    {
        var reference = ImageReference.Parse("reg.example/a:1");
        using (var ledger = Open())
        {
            await ledger.RecordPulledAsync(reference, "sha256:id", Key.Digest);
            await ledger.RecordPulledAsync(ImageReference.Parse("reg.example/free:1"), "sha256:free", null);
        }

        using var again = Open();
        Assert.Equal(Key.Digest, again.FindPulled("reg.example/a:1", "sha256:id")!.Digest);
        Assert.Null(again.FindPulled("reg.example/a:1", "sha256:other"));
        Assert.Equal("reg.example/free:1", Assert.Single(again.FindPulled("sha256:free")).Reference);
        Assert.True(again.IsKnownAsAnother(Key.Digest, "sha256:other"));
        Assert.False(again.IsKnownAsAnother(Key.Digest, "sha256:id"));
        Assert.False(again.IsKnownAsAnother(Digest.Of("x"u8), "sha256:other"));
    }

    [Fact]
    public async Task WasPresentRecently_TenMinutesFromTheLastGoodAnswer()
    {
        using var ledger = Open();
        await ledger.RecordPresentAsync("a", "id");
        _time.Advance(TimeSpan.FromMinutes(9));
        await ledger.RecordPresentAsync("a", "id");
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.True(ledger.WasPresentRecently("a", "id"));
        Assert.False(ledger.WasPresentRecently("a", "another"));
        Assert.False(ledger.WasPresentRecently("b", "id"));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(ledger.WasPresentRecently("a", "id"));
    }

    /// <summary>The kubelet asks twice for one container; the second answer may not differ from the first, and the repeats must end.</summary>
    [Fact]
    public async Task WasPresentRecently_RepeatedAtTheVeryEnd_HoldsForTheSecondQuestionButRenewsNothing()
    {
        using var ledger = Open();
        await ledger.RecordPresentAsync("a", "id");
        _time.Advance(LedgerLimits.RecentFor - TimeSpan.FromSeconds(1));
        Assert.True(ledger.WasPresentRecently("a", "id"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(ledger.WasPresentRecently("a", "id"));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(ledger.WasPresentRecently("a", "id"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(ledger.WasPresentRecently("a", "id"));
    }

    [Fact]
    public async Task WasPresentRecently_OverARestart_HoldsAtLeastTenMinutesFromTheLastAnswer()
    {
        using (var ledger = Open())
        {
            // The second answer is not written down, for the first was a moment ago.
            await ledger.RecordPresentAsync("a", "id");
            _time.Advance(TimeSpan.FromSeconds(59));
            await ledger.RecordPresentAsync("a", "id");
        }

        _time.Advance(LedgerLimits.RecentFor - TimeSpan.FromSeconds(1));
        using var again = Open();
        Assert.True(again.WasPresentRecently("a", "id"));
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.False(again.WasPresentRecently("a", "id"));
    }

    [Fact]
    public async Task RecordPresentAsync_OftenAskedFor_IsWrittenOnceAMinute()
    {
        using var ledger = Open();
        await ledger.RecordPresentAsync("a", "id");
        var length = new FileInfo(JournalPath).Length;
        for (var i = 0; i < 59; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await ledger.RecordPresentAsync("a", "id");
        }

        Assert.Equal(length, new FileInfo(JournalPath).Length);
        _time.Advance(TimeSpan.FromSeconds(1));
        await ledger.RecordPresentAsync("a", "id");
        Assert.True(new FileInfo(JournalPath).Length > length);
    }

    [Fact]
    public void Open_FolderInUse_IsRefusedWithTheReason()
    {
        using var ledger = Open();
        var e = Assert.Throws<NodeGateException>(() => Open());
        Assert.Contains("Only one NodeGate may use it", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Open_NewFolder_IsForRootAlone()
    {
        var folder = _folder.At("state");
        using var ledger = Ledger.Open(new LedgerOptions { Folder = folder }, _time, NullLogger<Ledger>.Instance);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, Journal.FileName)));
    }

    [Fact]
    public async Task Open_WithoutFolder_RemembersForTheProcessOnly()
    {
        using var ledger = Ledger.Open(new LedgerOptions { Folder = null }, _time, NullLogger<Ledger>.Instance);
        await ledger.AdmitAsync(Key, []);
        Assert.NotNull(ledger.FindAdmission(Key));
    }

    /// <summary>A real failure of the disk's: the folder is gone when the journal is to be rewritten.</summary>
    [Fact]
    public async Task AdmitAsync_FolderGone_ThrowsForgetsAndRecovers()
    {
        var folder = _folder.At("state");
        var ledger = Ledger.Open(new LedgerOptions { Folder = folder }, _time, NullLogger<Ledger>.Instance);
        await ledger.AdmitAsync(Key, []);
        await ledger.RecordPulledAsync(ImageReference.Parse("reg.example/a:1"), "id", Key.Digest);
        Directory.Move(folder, folder + ".away");
        await WriteUntilItFailsAsync(ledger);

        var e = await Assert.ThrowsAsync<NodeGateException>(async () => await ledger.AdmitAsync(KeyOf(1), []));
        Assert.Equal(DecisionReason.InternalError, e.Reason);
        Assert.Null(ledger.FindAdmission(KeyOf(1)));
        Assert.False(ledger.WasPresentRecently("reg.example/a:1", "id"));

        // The image is on the node whatever the disk says: for this process the pull is known.
        await Assert.ThrowsAsync<NodeGateException>(
            async () => await ledger.RecordPulledAsync(ImageReference.Parse("reg.example/a:1"), "id", Key.Digest));
        Assert.True(ledger.WasPresentRecently("reg.example/a:1", "id"));

        Directory.Move(folder + ".away", folder);
        await ledger.AdmitAsync(KeyOf(2), []);
        ledger.Dispose();
        using var again = Ledger.Open(new LedgerOptions { Folder = folder }, _time, NullLogger<Ledger>.Instance);
        Assert.NotNull(again.FindAdmission(Key));
        Assert.Null(again.FindAdmission(KeyOf(1)));
        Assert.NotNull(again.FindAdmission(KeyOf(2)));
    }

    [Fact]
    public async Task AdmitAsync_BeyondTheLimit_TheOldestGoFirst()
    {
        using var ledger = Ledger.Open(new LedgerOptions { Folder = null }, _time, NullLogger<Ledger>.Instance);
        for (var i = 0; i <= LedgerLimits.MaxAdmissions; i++)
        {
            await ledger.AdmitAsync(KeyOf(i), []);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Null(ledger.FindAdmission(KeyOf(0)));
        Assert.NotNull(ledger.FindAdmission(KeyOf(LedgerLimits.MaxAdmissions / 2)));
        Assert.NotNull(ledger.FindAdmission(KeyOf(LedgerLimits.MaxAdmissions)));
    }

    [Fact]
    public async Task RecordPresentAsync_BeyondTheLimit_TheOldestGoFirst()
    {
        using var ledger = Ledger.Open(new LedgerOptions { Folder = null }, _time, NullLogger<Ledger>.Instance);
        for (var i = 0; i <= LedgerLimits.MaxRecent; i++)
        {
            await ledger.RecordPresentAsync($"a{i}", "id");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.False(ledger.WasPresentRecently("a0", "id"));
        Assert.True(ledger.WasPresentRecently($"a{LedgerLimits.MaxRecent}", "id"));
    }

    [Fact]
    public async Task AdmitAsync_SameKeyAgainAndAgain_TheJournalStaysSmallAndNothingIsLost()
    {
        using (var ledger = Open())
        {
            await ledger.AdmitAsync(KeyOf(1), []);
            await ledger.RecordPulledAsync(ImageReference.Parse("reg.example/a:1"), "id", Key.Digest);
            var before = new FileInfo(JournalPath).Length;
            for (var i = 0; i < LedgerLimits.CompactionSlack + 20; i++)
            {
                _time.Advance(LedgerLimits.RecentWriteInterval);
                await ledger.RecordPresentAsync("b", "other");
            }

            Assert.InRange(new FileInfo(JournalPath).Length, before, before + 20_000);
        }

        using var again = Open();
        Assert.NotNull(again.FindAdmission(KeyOf(1)));
        Assert.NotNull(again.FindPulled("reg.example/a:1", "id"));
        Assert.True(again.WasPresentRecently("b", "other"));
    }

    private async Task WriteUntilItFailsAsync(Ledger ledger)
    {
        for (var i = 0; i < 2 * LedgerLimits.CompactionSlack; i++)
        {
            _time.Advance(LedgerLimits.RecentWriteInterval);
            try
            {
                await ledger.RecordPresentAsync("b", "other");
            }
            catch (NodeGateException)
            {
                return;
            }
        }

        Assert.Fail("It never needed its folder.");
    }

    private static AdmissionKey KeyOf(int i) => new("reg.example/a", Digest.Of(BitConverter.GetBytes(i)), "rule", "p1", "t1");

    private Ledger Open() => Ledger.Open(new LedgerOptions { Folder = _folder.Path }, _time, NullLogger<Ledger>.Instance);
}
