using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary>
/// A signature may name the tag that it is for (cosign sign --sign-container-identity). The attack: who may push moves another tag to the
/// digest of an old, well signed release, and lets the memory of that release answer for it.
/// </summary>
public sealed class TagBoundTests : IDisposable
{
    private const string Other = GateFixture.App + ":2";

    private static readonly string Id = Digest.Of("config"u8).ToString();

    private readonly GateFixture _fixture = new();
    private readonly RequestGate _requests = new();

    private MemoryRegistry Registry => _fixture.Registry;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task DecideAsync_AdmittedUnderTheSignedTag_IsNotAdmittedUnderAnother()
    {
        PushSignedForTag();
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));

        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(Other));
        Assert.True((await _fixture.DecideAsync(GateFixture.Tagged)).Cached);
    }

    [Fact]
    public async Task DecideAsync_AdmittedByDigest_IsNotAdmittedUnderAnotherTag()
    {
        var digest = PushSignedForTag();
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync($"{GateFixture.App}@{digest}"));

        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(Other));
    }

    [Fact]
    public async Task DecideAsync_AdmittedUnderTheSignedTag_IsNotAdmittedUnderAnotherAfterARestart()
    {
        PushSignedForTag();
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
        _fixture.Restart();

        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(Other));
        Assert.True((await _fixture.DecideAsync(GateFixture.Tagged)).Cached);
    }

    /// <summary>The other way round it would be a denial of service: ask for the wrong tag, and the right one is refused.</summary>
    [Fact]
    public async Task DecideAsync_RefusedUnderAnotherTag_IsAdmittedUnderTheSignedOne()
    {
        PushSignedForTag();
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(Other));
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.True(await _fixture.DecideAsync(Other) is Decision.Denied { Cached: true });
    }

    [Fact]
    public async Task DecideAsync_BothTagsAtOnce_EachGetsItsOwnAnswer()
    {
        PushSignedForTag();
        Registry.Intercept = (request, credential, token) =>
            request.StartsWith("referrers ", StringComparison.Ordinal) ? _requests.HoldAsync(request, credential, token) : Task.CompletedTask;
        var signed = _fixture.DecideAsync(GateFixture.Tagged);
        await _requests.UntilHeldAsync(1);
        var other = _fixture.DecideAsync(Other);
        await _requests.RoundAsync(2);

        Assert.IsType<Decision.Admitted>(await signed);
        Assert.IsType<Decision.Denied>(await other);
    }

    [Fact]
    public async Task Status_AdmittedUnderTheSignedTag_IsHiddenUnderAnother()
    {
        var digest = PushSignedForTag();
        await _fixture.PullAsync(GateFixture.Tagged, Id);
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        string[] tags = [GateFixture.Tagged, Other];
        string[] digests = [$"{GateFixture.App}@{digest}"];

        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, tags, digests)).IsShown);
        Assert.True((await _fixture.StatusAsync(Id, Id, tags, digests)).IsShown);
        Assert.False((await _fixture.StatusAsync(Other, Id, tags, digests)).IsShown);
    }

    /// <summary>Nearly all signatures name no tag: these stay good for every tag without asking the registry again.</summary>
    [Fact]
    public async Task DecideAsync_SignatureNamesNoTag_HoldsForEveryTag()
    {
        var digest = Registry.PushImage("1");
        Registry.PushImage("2");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));

        Assert.True(await _fixture.DecideAsync(Other) is Decision.Admitted { Cached: true });
        Assert.True(await _fixture.DecideAsync($"{GateFixture.App}@{digest}") is Decision.Admitted { Cached: true });
    }

    private Digest PushSignedForTag()
    {
        var digest = Registry.PushImage("1");
        Registry.PushImage("2");
        Registry.SignLegacy(GateFixture.Tagged, digest, GateFixture.Key);
        return digest;
    }
}
