using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary>Questions without a pod: containerd's own verifier plugin, and <c>scan</c>.</summary>
public sealed class RuntimePullTests : IDisposable
{
    private static readonly string Id = Digest.Of("config"u8).ToString();

    private readonly GateFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Pull_UnderWay_IsAdmittedWithoutARequestOrARecordUntilItEnds()
    {
        // Let through in audit mode: on its own it would be asked for again, and recorded as denied.
        var digest = _fixture.Registry.PushImage("1");
        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/watched/a:1"));
        var (requests, records) = (_fixture.Registry.Requests.Count, _fixture.Records.Count);
        using (_fixture.Gate.EnterPull(admitted.Image))
        {
            using var twice = _fixture.Gate.EnterPull(admitted.Image);
            twice.Dispose();
            Assert.True(await AskAsync($"reg.example/watched/a@{digest}", digest) is Decision.Admitted { Observed: null });
            Assert.Equal((requests, records), (_fixture.Registry.Requests.Count, _fixture.Records.Count));
            Assert.IsType<Decision.Denied>(await AskAsync($"reg.example/org/app@{digest}", digest));
        }

        Assert.True(await AskAsync($"reg.example/watched/a@{digest}", digest) is Decision.Admitted { Observed: not null });
    }

    [Fact]
    public async Task Pull_UnderWayAsAnotherDigest_IsNotCovered()
    {
        var good = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, good, GateFixture.Key);
        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
        var evil = _fixture.Registry.PushImage("evil", "evil");
        using var pull = _fixture.Gate.EnterPull(admitted.Image);
        Assert.IsType<Decision.Denied>(await AskAsync(GateFixture.Tagged, evil));
        Assert.Equal(DecisionReason.InvalidReference, (await AskAsync($"{GateFixture.App}@{good}", evil)).Reason);
        Assert.Equal(DecisionReason.InvalidReference, (await AskAsync("Not A Reference", evil)).Reason);
    }

    [Theory]
    [InlineData("reg.example/free/a:1", true)]
    [InlineData("reg.example/never/a:1", false)]
    [InlineData("reg.example/unknown/a:1", false)]
    [InlineData("reg.example/org/app:1", true)]
    [InlineData("reg.example/tenant/a:1", true)]
    [InlineData("reg.example/both/a:1", false)]
    public async Task Pull_ByTheRuntimeItself_IsJudgedForAnyNamespaceAndRecorded(string name, bool admitted)
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(ImageReference.Parse(name).Name, digest, GateFixture.Key);
        Assert.Equal(admitted, await AskAsync(name, digest) is Decision.Admitted);
        Assert.Equal((DecisionEvent.Pull, admitted ? "Admitted" : "Denied", digest), (_fixture.Records[^1].Event, _fixture.Records[^1].Decision, _fixture.Records[^1].Digest));
        Assert.DoesNotContain(_fixture.Registry.Requests, r => r == $"resolve {name}");
    }

    [Fact]
    public async Task Pull_OfWhatWasPulledBefore_IsAdmittedFromTheLedger()
    {
        var names = await PullAsync();
        Assert.True(await AskAsync(GateFixture.Tagged, names[0].Target!) is Decision.Admitted { Cached: true });
    }

    [Fact]
    public async Task Examine_Namespaces_IsOneDecisionForEachAndNoRecord()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy("reg.example/tenant/a", digest, GateFixture.Key);
        var image = new PresentImage(Id, Id, [new ImageName("reg.example/tenant/a:1", digest)]);
        var decisions = await _fixture.Gate.ExamineAsync(image, ["prod-a", "dev"], CancellationToken.None);
        Assert.Equal(["Admitted", "Denied"], decisions.Select(d => d.Outcome));
        Assert.Equal(["prod-a", "dev"], decisions.Select(d => d.Basis.Namespace));
        Assert.Empty(_fixture.Records);

        // The ledger is warm now: enforcement starts without the registry.
        _fixture.Restart();
        _fixture.Registry.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unavailable, "off");
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync("reg.example/tenant/a:1", Id, "prod-a", [.. image.Names]));
        Assert.True((await _fixture.StatusAsync("reg.example/tenant/a:1", Id, [.. image.Names])).IsShown);
    }

    [Fact]
    public async Task Examine_NoNamespaces_IsOneDecisionForEachRuleThatCouldDecide()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy("reg.example/tenant/a", digest, GateFixture.Key);
        ImageName[] names = [new("reg.example/tenant/a:1", digest), new("reg.example/tenant/a:2", digest), new("reg.example/never/a:1", digest), new(Id, digest)];
        var decisions = await _fixture.Gate.ExamineAsync(new PresentImage(Id, Id, [.. names]), [], CancellationToken.None);
        Assert.Equal(
            [("prod", "Admitted"), (null, "Denied"), ("never", "Denied")], decisions.Select(d => (d.Basis.Rule, d.Outcome)));
        Assert.Empty(_fixture.Records);
    }

    [Fact]
    public async Task Examine_ImageWithoutNames_IsUnmatched()
    {
        var decision = Assert.Single(await _fixture.Gate.ExamineAsync(new PresentImage(Id, Id, []), [], CancellationToken.None));
        Assert.Equal(DecisionReason.NoMatchingRule, Assert.IsType<Decision.Denied>(decision).Reason);
    }

    private Task<Decision> AskAsync(string name, Digest digest) => _fixture.Gate.JudgeRuntimePullAsync(name, digest, CancellationToken.None);

    private async Task<ImageName[]> PullAsync()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.PullAsync(GateFixture.Tagged, Id);
        return [new ImageName(GateFixture.Tagged, digest)];
    }
}
