using NodeGate.Gate.State;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary>design.md section 2, step 11, and kubelet-observed.md section 4.</summary>
public sealed class JudgePresentTests : IDisposable
{
    private static readonly string Id = Digest.Of("config"u8).ToString();
    private static readonly string OtherId = Digest.Of("evil"u8).ToString();

    private static readonly string DenyAll = GateFixture.Document("enforce", "deny",
        "  - {name: org, images: [\"reg.example/**\"], deny: {reason: \"stop\"}}");

    private readonly GateFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Status_AfterAnAdmittedPull_IsShownByEveryNameAndById()
    {
        var digest = await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        string[] digests = [$"{GateFixture.App}@{digest}"];

        foreach (var asked in (string[])[GateFixture.Tagged, digests[0], $"{GateFixture.App}:ignored@{digest}", Id, Id[7..], Id[7..20]])
        {
            var presence = await _fixture.StatusAsync(asked, Id, [GateFixture.Tagged], digests);
            Assert.True(presence.IsShown, asked);
            Assert.True(presence.Decision is Decision.Admitted { Cached: true }, asked);
        }

        Assert.Equal(7, _fixture.Records.Count);
        Assert.All(_fixture.Records.Skip(1), r => Assert.Equal((DecisionEvent.ImageStatus, "Admitted"), (r.Event, r.Decision)));
        Assert.DoesNotContain(_fixture.Registry.Requests.Skip(5), _ => true);
    }

    /// <summary>The runtime may name no digest for an image that was pulled by one: what was pulled as this reference is known here.</summary>
    [Fact]
    public async Task Status_RuntimeNamesNoDigest_IsShownByTheRecordOfThePull()
    {
        await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).IsShown);
        Assert.True((await _fixture.StatusAsync(Id, Id)).IsShown);
    }

    [Fact]
    public async Task Status_SmuggledIn_IsHiddenAndRecorded()
    {
        var presence = await _fixture.StatusAsync(GateFixture.Tagged, OtherId, [GateFixture.Tagged], [$"{GateFixture.App}@{Digest.Of("evil manifest"u8)}"]);
        Assert.False(presence.IsShown);
        Assert.IsType<Decision.Denied>(presence.Decision);
        var record = Assert.Single(_fixture.Records);
        Assert.Equal((DecisionEvent.ImageStatus, "Denied", DecisionReason.NoSignature), (record.Event, record.Decision, record.Reason));
        Assert.Empty(_fixture.Registry.Requests);
    }

    [Fact]
    public async Task Status_TagGivenToAnotherImageAfterAGoodPull_IsHiddenAtOnce()
    {
        var digest = await PullAsync();
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, OtherId, [GateFixture.Tagged])).IsShown);

        // Nor does the admitted digest's name help, given to another image with ctr.
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, OtherId, [GateFixture.Tagged], [$"{GateFixture.App}@{digest}"])).IsShown);
        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).IsShown);
    }

    [Fact]
    public async Task Status_ByIdOfASmuggledImage_IsHiddenWhateverThePolicySaysOfItsNames()
    {
        foreach (var asked in (string[])[OtherId, OtherId[7..], OtherId[7..19]])
        {
            Assert.False((await _fixture.StatusAsync(asked, OtherId, [GateFixture.Tagged])).IsShown);
            Assert.False((await _fixture.StatusAsync(asked, OtherId)).IsShown);
        }

        Assert.True((await _fixture.StatusAsync(OtherId, OtherId, [GateFixture.Tagged, "reg.example/free/a:1"])).IsShown);
    }

    [Fact]
    public async Task Status_ImageWithoutNames_IsShownOnlyWhereUnmatchedImagesAre()
    {
        Assert.False((await _fixture.StatusAsync(OtherId, OtherId)).IsShown);
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "allow", "  - {name: a, images: [\"reg.example/a\"], deny: {reason: \"x\"}}")));
        Assert.True((await _fixture.StatusAsync(OtherId, OtherId)).IsShown);
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("audit", "deny", "  - {name: a, images: [\"reg.example/a\"], deny: {reason: \"x\"}}")));
        Assert.True((await _fixture.StatusAsync(OtherId, OtherId)).IsShown);
    }

    [Theory]
    [InlineData("reg.example/free/a:1", true, DecisionReason.AllowedByRule)]
    [InlineData("reg.example/never/a:1", false, DecisionReason.DeniedByRule)]
    [InlineData("reg.example/unknown/a:1", false, DecisionReason.NoMatchingRule)]
    [InlineData("reg.example/watched/a:1", true, DecisionReason.NoSignature)]
    [InlineData("reg.example/tenant/a:1", false, DecisionReason.NoSignature)]
    public async Task Status_NeverPulled_IsJudgedByTheRuleAlone(string asked, bool shown, DecisionReason reason)
    {
        var presence = await _fixture.StatusAsync(asked, Id, [asked]);
        Assert.Equal((shown, reason), (presence.IsShown, presence.Decision!.Reason));
        Assert.Equal(reason, Assert.Single(_fixture.Records).Reason);
    }

    /// <summary>ImageStatus carries no namespace: what one namespace admitted is present for the kubelet.</summary>
    [Fact]
    public async Task Status_RuleOfSomeNamespaceAdmitted_IsShown()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy("reg.example/tenant/a", digest, GateFixture.Key);
        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/tenant/a:1", "prod-1"));
        await _fixture.Gate.RecordPulledAsync(admitted, Id);
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await _fixture.StatusAsync("reg.example/tenant/a:1", Id, ["reg.example/tenant/a:1"])).IsShown);
    }

    [Fact]
    public async Task Status_AdmissionExpired_IsHiddenSoThatThePullVerifiesAnew()
    {
        var digest = await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(24));
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged], [$"{GateFixture.App}@{digest}"])).IsShown);
    }

    /// <summary>The kubelet takes an absent answer after a good pull for "no user" and runs the container as root.</summary>
    [Fact]
    public async Task Status_PolicyChangedAfterThePull_StaysShownForTenMinutesAlsoOverARestart()
    {
        await PullAsync();
        _fixture.Restart(DenyAll);
        var recorded = _fixture.Records.Count;

        Assert.Equal((true, null), Tuple(await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])));
        Assert.Equal((true, null), Tuple(await _fixture.StatusAsync(Id, Id, [GateFixture.Tagged])));
        _fixture.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).IsShown);
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, OtherId, [GateFixture.Tagged])).IsShown);
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).IsShown);
        Assert.Equal(recorded + 2, _fixture.Records.Count);
    }

    [Fact]
    public async Task Status_AnsweredPresentOnce_StaysShownForTenMinutesAsWell()
    {
        await PullAsync();
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).IsShown);
        _fixture.Restart(DenyAll);
        _fixture.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).IsShown);
        _fixture.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).IsShown);
    }

    [Fact]
    public async Task Status_AuditLogFull_IsHiddenUnlessItWasShownAMomentAgo()
    {
        await PullAsync();
        _fixture.Sink.IsFull = true;
        Assert.Equal((true, null), Tuple(await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])));
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        var presence = await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged]);
        Assert.Equal((false, DecisionReason.InternalError), (presence.IsShown, presence.Decision!.Reason));
        Assert.True((await _fixture.StatusAsync("reg.example/watched/a:1", Id, ["reg.example/watched/a:1"])).IsShown);
    }

    /// <summary>The folder is gone, which the journal notices when it is to be rewritten.</summary>
    [Fact]
    public async Task Status_LedgerNotWritable_IsStillRight()
    {
        await PullAsync();
        Directory.Move(_fixture.LedgerFolder, _fixture.LedgerFolder + ".away");
        for (var i = 0; i < LedgerLimits.CompactionSlack + 100; i++)
        {
            _fixture.Time.Advance(LedgerLimits.RecentWriteInterval);
            Assert.NotNull((await _fixture.StatusAsync(GateFixture.Tagged, Id, [GateFixture.Tagged])).Decision);
        }

        _fixture.Time.Advance(LedgerLimits.RecentWriteInterval);
        await Assert.ThrowsAsync<NodeGateException>(async () => await _fixture.Ledger.RecordPresentAsync(GateFixture.Tagged, Id));
        Directory.Move(_fixture.LedgerFolder + ".away", _fixture.LedgerFolder);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Not A Reference")]
    public async Task Status_TextThatIsNoReference_IsJudgedByTheImage(string asked)
    {
        Assert.False((await _fixture.StatusAsync(asked, OtherId)).IsShown);
        Assert.True((await _fixture.StatusAsync(asked, OtherId, ["reg.example/free/a:1"])).IsShown);
    }

    [Fact]
    public async Task Status_MoreNamesThanAreJudged_TheRestDoesNotCount()
    {
        var names = Enumerable.Range(0, GateLimits.MaxNamesPerImage).Select(i => $"reg.example/never/a:{i}").Append("reg.example/free/a:1").ToArray();
        Assert.False((await _fixture.StatusAsync(OtherId, OtherId, names)).IsShown);
        Assert.True((await _fixture.StatusAsync(OtherId, OtherId, names[1..])).IsShown);
    }

    [Fact]
    public async Task RecordPulledAsync_IdBeyondTheLimit_IsRefused()
    {
        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/free/a:1"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _fixture.Gate.RecordPulledAsync(admitted, new string('a', GateLimits.MaxImageIdLength + 1)));
    }

    private static (bool Shown, Decision? Decision) Tuple(Presence presence) => (presence.IsShown, presence.Decision);

    private async Task<Digest> PullAsync()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.PullAsync(GateFixture.Tagged, Id);
        return digest;
    }
}
