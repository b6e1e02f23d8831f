using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Policy;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;

namespace NodeGate.Audit.Tests;

public sealed class AuditSearchTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string LogPath => _folder.At("audit.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FindAsync_WouldDeny_AreTheRefusalsOfAuditMode()
    {
        await WriteAsync(
            Record("a:1", "Denied", PolicyMode.Audit),
            Record("b:1", "Denied", PolicyMode.Enforce),
            Record("c:1", "Admitted", PolicyMode.Audit),
            Record("d:1", "Undetermined", PolicyMode.Audit));

        Assert.Equal(["a:1", "d:1"], (await FindAsync(new AuditFilter { WouldDeny = true })).Select(r => r.Image));
    }

    [Fact]
    public async Task FindAsync_EachFilter_ChoosesWhatItSays()
    {
        await WriteAsync(
            Record("ghcr.io/org/app:1", "Denied", PolicyMode.Enforce) with { Namespace = "prod", Rule = "org" },
            Record("nginx", "Admitted", PolicyMode.Enforce) with { Event = DecisionEvent.CreateContainer },
            new DecisionRecord { Event = DecisionEvent.Stop, Message = "nodegate" });

        Assert.Equal("ghcr.io/org/app:1", Assert.Single(await FindAsync(new AuditFilter { Decision = "Denied" })).Image);
        Assert.Equal("nginx", Assert.Single(await FindAsync(new AuditFilter { Event = "createContainer" })).Image);
        Assert.Equal("stop", Assert.Single(await FindAsync(new AuditFilter { Event = "stop" })).Event);
        Assert.Equal(2, (await FindAsync(new AuditFilter { Reason = "NoSignature" })).Count);
        Assert.Equal("org", Assert.Single(await FindAsync(new AuditFilter { Namespace = "prod" })).Rule);
        Assert.Equal("prod", Assert.Single(await FindAsync(new AuditFilter { Rule = "org" })).Namespace);
        Assert.True(ImageSelector.TryParse("docker.io/library/*", out var images, out _));
        Assert.Equal("nginx", Assert.Single(await FindAsync(new AuditFilter { Image = images })).Image);
        var all = await FindAsync(new AuditFilter());
        Assert.Equal(3, all.Count);
        Assert.Equal([all[1].Image, all[2].Image], (await FindAsync(new AuditFilter { Since = all[1].Time })).Select(r => r.Image));
        Assert.Equal([all[0].Image], (await FindAsync(new AuditFilter { Until = all[1].Time })).Select(r => r.Image));
    }

    [Fact]
    public async Task FindAsync_RotatedFiles_AreReadOldestFirst()
    {
        await WriteAsync([.. Enumerable.Range(0, 60).Select(i => Record($"image-{i:D2}", "Denied", PolicyMode.Audit))]);

        Assert.True(File.Exists(LogPath + ".1"));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"image-{i:D2}"), (await FindAsync(new AuditFilter())).Select(r => r.Image));
    }

    [Fact]
    public async Task FindAsync_DamagedLines_AreNamedAndPassedOver()
    {
        await WriteAsync(Record("a:1", "Denied", PolicyMode.Audit), Record("b:1", "Denied", PolicyMode.Audit), Record("c:1", "Denied", PolicyMode.Audit));
        var lines = await File.ReadAllLinesAsync(LogPath);
        lines[1] = lines[1][..^40];
        await File.WriteAllTextAsync(LogPath, string.Join('\n', lines) + "\n");
        var search = new AuditSearch(new AuditFilter());

        Assert.Equal(["a:1", "c:1"], (await FindAsync(search)).Select(r => r.Image));
        var damage = Assert.Single(search.Damage);
        Assert.Equal((LogPath, 2L, 1L), (damage.File, damage.Line, search.DamagedLines));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(".1", 1)]
    public async Task FindAsync_TornLastLine_IsDamageOnlyInAFileThatNobodyWrites(string suffix, int damaged)
    {
        await WriteAsync(Record("a:1", "Denied", PolicyMode.Audit));
        File.Move(LogPath, LogPath + ".2");
        await File.WriteAllTextAsync(LogPath + suffix, """{"time":"2026""");
        var search = new AuditSearch(new AuditFilter());

        Assert.Single(await FindAsync(search));
        Assert.Equal(damaged, search.Damage.Count);
    }

    [Fact]
    public async Task FindAsync_ManyDamagedLines_AreCounted()
    {
        await File.WriteAllTextAsync(LogPath, string.Concat(Enumerable.Repeat("x\n", AuditLimits.MaxDamageShown + 2)));
        var search = new AuditSearch(new AuditFilter());

        Assert.Empty(await FindAsync(search));
        Assert.Equal((AuditLimits.MaxDamageShown, AuditLimits.MaxDamageShown + 2), (search.Damage.Count, search.DamagedLines));
    }

    [Fact]
    public async Task FindAsync_LineBeyondTheLimit_SaysThatTheRestIsNotRead()
    {
        await File.WriteAllTextAsync(LogPath, new string('x', AuditLimits.MaxLineBytes + 1));
        var search = new AuditSearch(new AuditFilter());

        Assert.Empty(await FindAsync(search));
        Assert.Contains("not read", Assert.Single(search.Damage).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grouping_ByImageAndReason_TheMostFrequentFirst()
    {
        await WriteAsync(
            Record("a:1", "Denied", PolicyMode.Audit) with { Namespace = "prod-b", Rule = "r1", Message = "old" },
            Record("b:1", "Denied", PolicyMode.Audit),
            Record("a:1", "Denied", PolicyMode.Audit) with { Namespace = "prod-a", Rule = "r2", Message = "new" },
            Record("a:1", "Denied", PolicyMode.Audit) with { Reason = Oci.DecisionReason.IdentityMismatch });
        var grouping = new AuditGrouping();
        foreach (var record in await FindAsync(new AuditFilter()))
        {
            grouping.Add(record);
        }

        var groups = grouping.ToList();
        Assert.Equal([("a:1", "NoSignature", 2L), ("a:1", "IdentityMismatch", 1L), ("b:1", "NoSignature", 1L)], groups.Select(g => (g.Newest.Image, g.Newest.Reason!, g.Count)));
        Assert.Equal(["prod-a", "prod-b"], groups[0].Namespaces);
        Assert.Equal(["r1", "r2"], groups[0].Rules);
        Assert.Equal("new", groups[0].Newest.Message);
        Assert.True(groups[0].First < groups[0].Newest.Time);
    }

    [Fact]
    public void Grouping_BeyondItsLimits_CountsTheRest()
    {
        var grouping = new AuditGrouping();
        for (var i = 0; i <= AuditLimits.MaxGroups; i++)
        {
            grouping.Add(Read($"image-{i}", "ns"));
        }

        for (var i = 0; i <= AuditLimits.MaxNamesPerGroup; i++)
        {
            grouping.Add(Read("image-0", $"ns-{i}"));
        }

        Assert.Equal(1, grouping.Ungrouped);
        Assert.Equal(AuditLimits.MaxGroups, grouping.ToList().Count);
        Assert.Equal(AuditLimits.MaxNamesPerGroup, grouping.ToList()[0].Namespaces.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"time":"yesterday","event":"pull","image":"a","message":"","mode":"audit"}""")]
    [InlineData("""{"time":"2026-11-21T12:00:00.000Z","event":7,"image":"a","message":"","mode":"audit"}""")]
    [InlineData("""{"time":"2026-11-21T12:00:00.000Z","event":"pull","image":"a","message":"","mode":"off"}""")]
    [InlineData("""{"time":"2026-11-21T12:00:00.000Z","event":"pull","image":"a","image":"b","message":"","mode":"audit"}""")]
    public void TryRead_NoRecord_IsFalse(string line) => Assert.False(AuditRecord.TryRead(System.Text.Encoding.UTF8.GetBytes(line), out _));

    private static AuditRecord Read(string image, string @namespace) => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Event = "pull",
        Image = image,
        Namespace = @namespace,
        Reason = "NoSignature",
        Message = "",
        Line = default,
    };

    private static DecisionRecord Record(string image, string decision, PolicyMode mode) => new()
    {
        Event = DecisionEvent.Pull,
        Image = image,
        Decision = decision,
        Reason = Oci.DecisionReason.NoSignature,
        Message = "Sign it.",
        Mode = mode,
    };

    private async Task WriteAsync(params DecisionRecord[] records)
    {
        await using var log = AuditLog.Open(
            new AuditOptions { Path = LogPath, Node = "n", MaxBytes = 4096, Keep = 1000 }, _time, NullLogger<AuditLog>.Instance);
        foreach (var record in records)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await log.RecordAsync(record);
        }
    }

    private Task<List<AuditRecord>> FindAsync(AuditFilter filter) => FindAsync(new AuditSearch(filter));

    private async Task<List<AuditRecord>> FindAsync(AuditSearch search)
    {
        var found = new List<AuditRecord>();
        await foreach (var record in search.FindAsync(LogPath, CancellationToken.None))
        {
            found.Add(record);
        }

        return found;
    }
}
