using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Signing;

namespace NodeGate.Gate.Tests;

/// <summary>What an admission is worth in an outage after its time (cache.graceFor).</summary>
public sealed class GraceTests : IDisposable
{
    private static readonly string Id = Digest.Of("config"u8).ToString();
    private static readonly TimeSpan Grace = TimeSpan.FromHours(48);
    private static readonly string Allow = GateFixture.Document("enforce", "deny",
        "  - {name: org, images: [\"reg.example/org/**\"], grace: allow, require: {anyOf: [release]}}");

    private static readonly string Deny = GateFixture.Document("enforce", "deny",
        "  - {name: org, images: [\"reg.example/org/**\"], require: {anyOf: [release]}}");

    private GateFixture _fixture = new(Allow, graceFor: Grace);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Lapsed_RegistryUnavailable_IsAdmittedEverywhereAndRecordedAsGrace()
    {
        var (pinned, names) = await LapseAsync();
        Break(ContentFailure.Unavailable);
        _fixture.Restart();
        var decision = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(pinned));
        Assert.Contains("cache.graceFor", decision.Message, StringComparison.Ordinal);
        Assert.Contains("cache.graceFor", _fixture.Records[^1].Message, StringComparison.Ordinal);
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, "any", names));
        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, names)).IsShown);
    }

    /// <summary>Fifty containers of one registry that does not answer must not wait fifty times.</summary>
    [Fact]
    public async Task Lapsed_OutageAMomentAgo_IsNotAskedAgainForAWhile()
    {
        var (pinned, names) = await LapseAsync();
        Break(ContentFailure.Unavailable);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(pinned));
        var requests = _fixture.Registry.Requests.Count;
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(pinned));
        Assert.Equal(requests, _fixture.Registry.Requests.Count);
        _fixture.Time.Advance(_fixture.Options.DeniedFor);
        _fixture.Registry.Intercept = null;
        Assert.True(await _fixture.DecideAsync(pinned) is Decision.Admitted { Cached: false });
    }

    [Fact]
    public async Task Lapsed_TimedOut_IsAdmitted()
    {
        var (pinned, _) = await LapseAsync();
        var arrived = new TaskCompletionSource();
        _fixture.Registry.Intercept = (_, _, token) =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, token);
        };
        var asking = _fixture.DecideAsync(pinned);
        await arrived.Task;
        _fixture.Time.Advance(_fixture.Options.TotalDeadline);
        Assert.IsType<Decision.Admitted>(await asking);
    }

    [Theory]
    [InlineData(ContentFailure.Unauthorized)]
    [InlineData(ContentFailure.NotFound)]
    [InlineData(ContentFailure.LimitExceeded)]
    public async Task Lapsed_AnswerThatIsNoOutage_IsNotAdmitted(ContentFailure failure)
    {
        var (pinned, names) = await LapseAsync();
        Break(failure);
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned));
        Assert.IsType<Decision.Undetermined>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names));
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, names)).IsShown);
    }

    [Fact]
    public async Task Lapsed_DeniedNow_IsDenied()
    {
        var (pinned, names) = await LapseAsync();
        _fixture.Registry.PutTagged(SignatureArtifact.LegacyTag(ImageReference.Parse(pinned).Digest!), SignatureArtifact.Legacy([
            LegacySignature.Of(GateFixture.OtherKey, GateFixture.App, ImageReference.Parse(pinned).Digest!)]));
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, names)).IsShown);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(pinned));
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names));
    }

    /// <summary>A signature that was taken back does not come back with the next outage.</summary>
    [Fact]
    public async Task Lapsed_DeniedAndThenAnOutage_IsNotAdmittedAlsoAfterARestart()
    {
        var (pinned, names) = await LapseAsync();
        _fixture.Registry.PutTagged(SignatureArtifact.LegacyTag(ImageReference.Parse(pinned).Digest!), SignatureArtifact.Legacy([
            LegacySignature.Of(GateFixture.OtherKey, GateFixture.App, ImageReference.Parse(pinned).Digest!)]));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(pinned));
        _fixture.Time.Advance(_fixture.Options.DeniedFor);
        Break(ContentFailure.Unavailable);
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned));
        _fixture.Restart();
        Assert.IsType<Decision.Undetermined>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names));
    }

    [Fact]
    public async Task Lapsed_RegistryAnswers_IsVerifiedAnewBeforeItIsShown()
    {
        var (_, names) = await LapseAsync();
        Assert.True(await _fixture.StatusAsync(GateFixture.Tagged, Id, names) is { IsShown: true, Decision: Decision.Admitted { Cached: false } });
    }

    [Fact]
    public async Task Lapsed_BeyondTheGrace_IsNotAdmitted()
    {
        var (pinned, names) = await LapseAsync();
        Break(ContentFailure.Unavailable);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(pinned));
        _fixture.Time.Advance(Grace - TimeSpan.FromSeconds(1));
        Assert.Equal(DecisionReason.RegistryUnavailable, Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned)).Reason);
        Assert.IsType<Decision.Undetermined>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names));
        var requests = _fixture.Registry.Requests.Count;
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, names)).IsShown);
        Assert.Equal(requests, _fixture.Registry.Requests.Count);
    }

    [Fact]
    public async Task Lapsed_RuleWithoutGrace_IsNotAdmitted()
    {
        _fixture.Dispose();
        _fixture = new GateFixture(Deny, graceFor: Grace);
        var (pinned, names) = await LapseAsync();
        Break(ContentFailure.Unavailable);
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(pinned));
        Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, Id, names)).IsShown);
    }

    [Fact]
    public async Task NeverAdmitted_RegistryUnavailable_IsNotAdmitted()
    {
        await LapseAsync();
        Break(ContentFailure.Unavailable);
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync($"{GateFixture.App}@{Digest.Of("other"u8)}"));
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    private void Break(ContentFailure failure) => _fixture.Registry.Intercept = (_, _, _) => throw new ContentException(failure, "it does not answer.");

    private async Task<(string Pinned, ImageName[] Names)> LapseAsync()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.PullAsync(GateFixture.Tagged, Id);
        _fixture.Time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        return ($"{GateFixture.App}@{digest}", [new ImageName(GateFixture.Tagged, digest), new ImageName(Id, digest)]);
    }
}
