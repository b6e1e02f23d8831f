using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary>What a caller asks for that pins, has little time, or tries without doing (the admission webhook).</summary>
public sealed class AdmissionRequestTests : IDisposable
{
    private readonly GateFixture _fixture = new(
        GateFixture.Document("enforce", "deny", """
          - {name: org, images: ["reg.example/org/**"], requireDigest: true, require: {anyOf: [release]}}
          - {name: base, images: ["reg.example/base/**"], requireDigest: true, allow: {reason: "base images"}}
          - {name: free, images: ["reg.example/free/**"], allow: {reason: "free"}}
        """),
        new GateOptions { Platform = new Platform("amd64", "linux", null) });

    private readonly RequestGate _requests = new();

    private MemoryRegistry Registry => _fixture.Registry;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("reg.example/org/app")]
    [InlineData("reg.example/base/app")]
    public async Task DecideAsync_TagUnderRequireDigest_IsRefusedUnlessTheCallerPins(string repository)
    {
        var digest = Push(repository);

        var refused = Assert.IsType<Decision.Denied>(await AskAsync(new GateRequest { Image = repository + ":1" }));
        var admitted = Assert.IsType<Decision.Admitted>(await AskAsync(new GateRequest { Image = repository + ":1", IsPinned = true }));

        Assert.Equal(DecisionReason.DigestRequired, refused.Reason);
        Assert.Equal((digest, digest), (admitted.Image.Digest, admitted.Resolved));
        Assert.IsType<Decision.Admitted>(await AskAsync(new GateRequest { Image = $"{repository}@{digest}" }));
    }

    [Fact]
    public async Task DecideAsync_PinningUnderAStaticRuleWithoutRequireDigest_AsksNoRegistry()
    {
        var admitted = Assert.IsType<Decision.Admitted>(await AskAsync(new GateRequest { Image = "reg.example/free/a:1", IsPinned = true }));

        Assert.Null(admitted.Resolved);
        Assert.Empty(Registry.Requests);
    }

    [Fact]
    public async Task DecideAsync_ImageInsteadOfItsIndex_SaysWhatTheTagResolvedTo()
    {
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny", """
              - {name: org, images: ["reg.example/org/**"], platform: verify, require: {anyOf: [release]}}
            """)));
        var child = Registry.PushImage("amd", "amd");
        Registry.SignLegacy(GateFixture.App, child, GateFixture.Key);
        var index = Registry.PushIndex("1", (child, "linux/amd64"));

        for (var round = 0; round < 2; round++)
        {
            var admitted = Assert.IsType<Decision.Admitted>(await AskAsync(new GateRequest { Image = GateFixture.Tagged }));
            Assert.Equal((child, index), (admitted.Image.Digest, admitted.Resolved));
        }
    }

    [Fact]
    public async Task DecideAsync_DryRun_IsDecidedAndNotRecorded()
    {
        Push(GateFixture.App);

        Assert.IsType<Decision.Admitted>(await AskAsync(new GateRequest { Image = GateFixture.Tagged, IsPinned = true, IsDryRun = true }));
        Assert.IsType<Decision.Denied>(await AskAsync(new GateRequest { Image = "reg.example/unknown/a:1", IsDryRun = true }));

        Assert.Empty(_fixture.Records);
    }

    [Fact]
    public async Task DecideAsync_CallersDeadline_EndsBeforeTheGatesOwn()
    {
        Push(GateFixture.App);
        Registry.Intercept = (request, credential, token) => _requests.HoldAsync(request, credential, token);
        var asking = AskAsync(new GateRequest { Image = GateFixture.Tagged, IsPinned = true, Deadline = TimeSpan.FromSeconds(8) });
        await _requests.UntilHeldAsync(1);
        _fixture.Time.Advance(TimeSpan.FromSeconds(8));

        var undetermined = Assert.IsType<Decision.Undetermined>(await asking.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(DecisionReason.TimedOut, undetermined.Reason);
        Assert.Equal(DecisionReason.TimedOut, Assert.Single(_fixture.Records).Reason);
    }

    [Fact]
    public async Task DecideAsync_CallersDeadlineBeyondTheGates_ProlongsNothing()
    {
        Push(GateFixture.App);
        Registry.Intercept = (request, credential, token) => _requests.HoldAsync(request, credential, token);
        var asking = AskAsync(new GateRequest { Image = GateFixture.Tagged, IsPinned = true, Deadline = TimeSpan.FromHours(1) });
        await _requests.UntilHeldAsync(1);
        _fixture.Time.Advance(_fixture.Options.TotalDeadline);

        Assert.Equal(DecisionReason.TimedOut, (await asking.WaitAsync(TimeSpan.FromSeconds(30))).Reason);
    }

    /// <summary>Attack: one pod whose images name a registry each, none of which answers.</summary>
    [Fact]
    public async Task DecideAsync_ANamespaceWithManyRegistriesThatHang_DoesNotHoldUpAnother()
    {
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny", """
              - {name: all, images: ["**"], require: {anyOf: [release]}}
            """)));
        Push(GateFixture.App);
        Registry.Intercept = (request, credential, token) =>
            request.Contains("slow", StringComparison.Ordinal) ? _requests.HoldAsync(request, credential, token) : Task.CompletedTask;
        var burst = Enumerable.Range(0, 4 * GateLimits.MaxConcurrent)
            .Select(i => AskAsync(new GateRequest { Image = $"slow{i}.example/app:1", Event = DecisionEvent.Admission, Namespace = "mallory" })).ToList();
        await _requests.UntilHeldAsync(GateLimits.MaxConcurrentPerNamespace);

        var other = AskAsync(new GateRequest { Image = GateFixture.Tagged, Event = DecisionEvent.Admission, Namespace = "team" });

        Assert.IsType<Decision.Admitted>(await other.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(GateLimits.MaxConcurrentPerNamespace, Registry.Requests.Count(r => r.Contains("slow", StringComparison.Ordinal)));
        _fixture.Time.Advance(_fixture.Options.TotalDeadline);
        Assert.All(await Task.WhenAll(burst), d => Assert.Equal(DecisionReason.TimedOut, d.Reason));
    }

    private Task<Decision> AskAsync(GateRequest request) => _fixture.Gate.DecideAsync(request, CancellationToken.None);

    private Digest Push(string repository)
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(repository, digest, GateFixture.Key);
        return digest;
    }
}
