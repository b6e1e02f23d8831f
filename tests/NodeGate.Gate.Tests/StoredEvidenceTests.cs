using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate.Recording;
using NodeGate.Gate.State;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Files;

namespace NodeGate.Gate.Tests;

/// <summary>What was collected for an admitted image serves other namespaces' rules and changed policies, without the registry.</summary>
public sealed class StoredEvidenceTests : IDisposable
{
    private static readonly string Id = Digest.Of("config"u8).ToString();
    private static readonly string Policy = GateFixture.Document("enforce", "deny", """
          - {name: org, images: ["reg.example/org/**"], require: {anyOf: [release]}}
          - {name: prod, images: ["reg.example/org/**"], namespaces: {include: ["prod"]}, require: {allOf: [bundle-only, other]}}
          - {name: dev, images: ["reg.example/org/**"], namespaces: {include: ["dev"]}, require: {anyOf: [ci]}}
        """);

    private static readonly string Changed = GateFixture.Document("enforce", "deny",
        "  - {name: new, images: [\"reg.example/org/**\"], require: {anyOf: [other]}}");

    private readonly GateFixture _fixture = new(Policy);

    private string Folder => Path.Combine(_fixture.LedgerFolder, "evidence");

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Container_OtherNamespacesRule_IsJudgedWithoutTheRegistry()
    {
        var (_, names) = await PullAsync();
        _fixture.Restart();
        Break();
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, "prod", names));

        // It can only admit: what it does not satisfy is the registry's to say.
        Assert.Equal(DecisionReason.RegistryUnavailable, (await _fixture.ContainerAsync(GateFixture.Tagged, Id, "dev", names)).Reason);
    }

    [Fact]
    public async Task ChangedPolicy_WithoutTheRegistry_IsShownAndRuns()
    {
        var (pinned, names) = await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        _fixture.Restart(Changed);
        Break();
        Assert.True(await _fixture.StatusAsync(GateFixture.Tagged, Id, names) is { IsShown: true, Decision: Decision.Admitted });
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names));
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(pinned));
    }

    [Fact]
    public async Task ChangedPolicy_ThatItDoesNotSatisfy_IsHiddenAndDenied()
    {
        var (pinned, names) = await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        _fixture.Restart(GateFixture.Document("enforce", "deny", "  - {name: new, images: [\"reg.example/org/**\"], require: {anyOf: [ci]}}"));
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, names)).IsShown);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(pinned));
    }

    /// <summary>A signature that came later: the stored evidence does not have it, the registry does.</summary>
    [Fact]
    public async Task ChangedPolicy_SignedSinceThen_IsAdmittedByTheRegistry()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.PullAsync(GateFixture.Tagged, Id);
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key, GateFixture.OtherKey);
        _fixture.Restart(Changed);
        Assert.True(await _fixture.DecideAsync($"{GateFixture.App}@{digest}") is Decision.Admitted { Cached: false });
    }

    /// <summary>Nothing outlives <c>admittedFor</c>: age counts from the collection, however often policies change in between.</summary>
    [Fact]
    public async Task Admission_FromStoredEvidence_EndsADayAfterItsCollection()
    {
        var (pinned, _) = await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(23));
        _fixture.Restart(Changed);
        Break();
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(pinned));
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned));
        _fixture.Restart();
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned));
    }

    [Fact]
    public async Task StoredEvidence_WallClockSetBack_ProlongsNothing()
    {
        var (pinned, _) = await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(25));
        _fixture.Time.SetWallClock(_fixture.Time.GetUtcNow() - TimeSpan.FromHours(20));
        _fixture.Policies.Replace(GateFixture.Load(Changed));
        Break();
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned));
    }

    [Fact]
    public async Task Denied_IsNotKept()
    {
        var digest = _fixture.Registry.PushImage("1");
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{GateFixture.App}@{digest}"));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    /// <summary>Nobody trusts the file: content that was changed, or another image's, is not read as this one's.</summary>
    [Theory]
    [InlineData("nonsense")]
    [InlineData("other")]
    [InlineData("")]
    public async Task StoredEvidence_TamperedWith_IsIgnored(string how)
    {
        var (pinned, _) = await PullAsync();
        var file = Assert.Single(Directory.GetFiles(Folder));
        if (how == "other")
        {
            var other = _fixture.Registry.PushImage("2", "other");
            _fixture.Registry.SignLegacy(GateFixture.App, other, GateFixture.Key, GateFixture.OtherKey);
            Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync($"{GateFixture.App}@{other}"));
            File.Copy(Directory.GetFiles(Folder).Single(f => f != file), file, overwrite: true);
        }
        else
        {
            await File.WriteAllTextAsync(file, how);
        }

        _fixture.Restart(Changed);
        Break();
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned));
        Assert.False(File.Exists(file));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task StoredEvidence_FilesAndFolder_AreForRootAlone()
    {
        await PullAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(Folder))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    /// <summary>It is a cache: where it cannot be written, the image is admitted all the same.</summary>
    [Fact]
    public async Task StoredEvidence_FolderGone_CostsNothingButRequests()
    {
        Directory.Delete(Folder);
        var (pinned, _) = await PullAsync();
        _fixture.Policies.Replace(GateFixture.Load(Changed));
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(pinned));
    }

    [Fact]
    public void Keep_MoreThanTheLimits_TheOldestGoFirst()
    {
        using var folder = new ScratchFolder();
        var path = folder.At("evidence");
        var store = new EvidenceStore(path, TimeSpan.FromHours(24), _fixture.Time, NullLogger.Instance);
        for (var i = 0; i <= LedgerLimits.MaxEvidenceFiles; i++)
        {
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
            store.Keep(RecordingOf(i, []), "reg.example/a");
        }

        Assert.InRange(Directory.GetFiles(path).Length, LedgerLimits.MaxEvidenceFiles - (LedgerLimits.MaxEvidenceFiles / 8), LedgerLimits.MaxEvidenceFiles);
        Assert.Null(store.Find(ImageOf(0), "reg.example/a"));
        Assert.NotNull(store.Find(ImageOf(LedgerLimits.MaxEvidenceFiles), "reg.example/a"));

        store.Keep(RecordingOf(LedgerLimits.MaxEvidenceFiles, new byte[LedgerLimits.MaxEvidenceFileBytes]), "reg.example/a");
        Assert.Null(store.Find(ImageOf(LedgerLimits.MaxEvidenceFiles), "reg.example/a"));
    }

    [Fact]
    public void Open_WhatAnEarlierProcessDidNotFinish_IsRemoved()
    {
        using var folder = new ScratchFolder();
        var path = folder.At("evidence");
        new EvidenceStore(path, TimeSpan.FromHours(24), _fixture.Time, NullLogger.Instance).Keep(RecordingOf(1, []), "reg.example/a");
        File.WriteAllText(Path.Combine(path, "half.json.new"), "{");
        var again = new EvidenceStore(path, TimeSpan.FromHours(24), _fixture.Time, NullLogger.Instance);
        Assert.Single(Directory.GetFiles(path));
        Assert.NotNull(again.Find(ImageOf(1), "reg.example/a"));
        Assert.Null(again.Find(ImageOf(1), "reg.example/b"));
    }

    private static ImageReference ImageOf(int i) => ImageReference.Parse($"reg.example/a@{Digest.Of(BitConverter.GetBytes(i))}");

    private ContentRecording RecordingOf(int i, byte[] blob)
    {
        var recording = new ContentRecordingBuilder();
        recording.AddBlob("reg.example/a", Digest.Of(blob), blob);
        return recording.Build(ImageOf(i), _fixture.Time.GetUtcNow());
    }

    private void Break() => _fixture.Registry.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unavailable, "no route to reg.example.");

    private async Task<(string Pinned, ImageName[] Names)> PullAsync()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key, GateFixture.OtherKey);
        _fixture.Registry.SignBundle(digest, GateFixture.Key);
        await _fixture.PullAsync(GateFixture.Tagged, Id);
        return ($"{GateFixture.App}@{digest}", [new ImageName(GateFixture.Tagged, digest), new ImageName(Id, digest)]);
    }
}
