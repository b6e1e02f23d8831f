using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary>Single flight, deadlines and cancellation.</summary>
public sealed class SingleFlightTests : IDisposable
{
    private readonly GateFixture _fixture = new();
    private readonly RequestGate _requests = new();

    private MemoryRegistry Registry => _fixture.Registry;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task DecideAsync_SameQuestionFromMany_IsVerifiedOnceAndRecordedForEach()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        HoldFrom("referrers ");
        var decisions = Enumerable.Range(0, 200).Select(_ => _fixture.DecideAsync($"{GateFixture.App}@{digest}")).ToList();
        await _requests.RoundAsync(1);

        Assert.All(await Task.WhenAll(decisions), d => Assert.IsType<Decision.Admitted>(d));
        Assert.Equal(1, Count("referrers "));
        Assert.Equal(200, _fixture.Records.Count);
    }

    [Fact]
    public async Task DecideAsync_TagAskedByMany_IsResolvedWithTheCredentialsOfEach()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => _fixture.DecideAsync(GateFixture.Tagged, credential: User($"u{i}"))));
        Assert.Equal(10, Count("resolve "));
    }

    [Fact]
    public async Task DecideAsync_CallerGivesUp_TheOthersGetTheirAnswer()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        HoldFrom("referrers ");
        using var impatient = new CancellationTokenSource();
        var first = _fixture.Gate.DecideAsync(new GateRequest { Image = $"{GateFixture.App}@{digest}" }, impatient.Token);
        await _requests.UntilHeldAsync(1);
        var second = _fixture.DecideAsync($"{GateFixture.App}@{digest}");

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await _requests.RoundAsync(1);

        Assert.IsType<Decision.Admitted>(await second);
        Assert.Single(_fixture.Records);
        Assert.Equal(1, Count("referrers "));
    }

    [Fact]
    public async Task DecideAsync_EverybodyGivesUp_TheWorkEndsAndNothingIsDecided()
    {
        var digest = Registry.PushImage("1");
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Registry.Intercept = async (_, _, token) =>
        {
            await using var registration = token.Register(() => cancelled.TrySetResult());
            begun.TrySetResult();
            await cancelled.Task;
            token.ThrowIfCancellationRequested();
        };
        using var impatient = new CancellationTokenSource();
        var decision = _fixture.Gate.DecideAsync(new GateRequest { Image = $"{GateFixture.App}@{digest}" }, impatient.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decision);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(_fixture.Records);
    }

    [Fact]
    public async Task DecideAsync_UndeterminedForOthersCredentials_IsTriedWithOnesOwn()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Registry.Intercept = async (request, credential, token) =>
        {
            if (!request.StartsWith("resolve ", StringComparison.Ordinal))
            {
                return;
            }

            await _requests.HoldAsync(request, credential, token);
            if (credential?.Username != "good")
            {
                throw new ContentException(ContentFailure.Unauthorized, "401");
            }
        };

        var bad = _fixture.DecideAsync($"{GateFixture.App}@{digest}", credential: User("bad"));
        await _requests.UntilHeldAsync(1);
        var good = _fixture.DecideAsync($"{GateFixture.App}@{digest}", credential: User("good"));
        var alsoBad = _fixture.DecideAsync($"{GateFixture.App}@{digest}", credential: User("bad"));
        await _requests.RoundAsync(1);
        await _requests.RoundAsync(1);

        Assert.Equal(DecisionReason.Unauthorized, Assert.IsType<Decision.Undetermined>(await bad).Reason);
        Assert.IsType<Decision.Admitted>(await good);
        Assert.IsType<Decision.Undetermined>(await alsoBad);
        Assert.Equal(2, Count("resolve "));
    }

    [Theory]
    [InlineData("resolve ", false)]
    [InlineData("referrers ", false)]
    [InlineData("tag ", true)]
    public async Task DecideAsync_RegistryHangs_IsUndeterminedAtTheDeadlineAndRecorded(string request, bool byDigest)
    {
        var digest = Registry.PushImage("1");
        HoldFrom(request);
        var decision = _fixture.DecideAsync(byDigest ? $"{GateFixture.App}@{digest}" : GateFixture.Tagged);
        await _requests.UntilHeldAsync(1);
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));

        var undetermined = Assert.IsType<Decision.Undetermined>(await decision.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(DecisionReason.TimedOut, undetermined.Reason);
        Assert.Equal(DecisionReason.TimedOut, Assert.Single(_fixture.Records).Reason);
    }

    /// <summary>A registry that hangs holds its own places; a pull from another one does not notice.</summary>
    [Fact]
    public async Task DecideAsync_TwoHundredPullsFromARegistryThatHangs_DoNotHoldUpAnother()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Registry.Intercept = (request, credential, token) => request.Contains("slow.example", StringComparison.Ordinal)
            ? _requests.HoldAsync(request, credential, token)
            : Task.CompletedTask;
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny", """
              - {name: org, images: ["reg.example/org/**"], require: {anyOf: [release]}}
              - {name: slow, images: ["slow.example/**"], require: {anyOf: [release]}}
            """)));
        var burst = Enumerable.Range(0, 200).Select(i => _fixture.DecideAsync($"slow.example/app:{i}")).ToList();
        await _requests.UntilHeldAsync(GateLimits.MaxConcurrentPerRegistry);

        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(GateLimits.MaxConcurrentPerRegistry, Count("resolve slow.example"));

        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.All(await Task.WhenAll(burst), d => Assert.Equal(DecisionReason.TimedOut, d.Reason));
    }

    [Fact]
    public async Task DecideAsync_MoreWaitingThanTheQueueHolds_IsUndetermined()
    {
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny",
            "  - {name: slow, images: [\"slow.example/**\"], require: {anyOf: [release]}}")));
        Registry.Intercept = _requests.HoldAsync;
        var all = GateLimits.MaxConcurrentPerRegistry + GateLimits.MaxQueuedPerRegistry;
        var burst = Enumerable.Range(0, all).Select(i => _fixture.DecideAsync($"slow.example/app:{i}")).ToList();

        var decision = Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync("slow.example/app:last"));
        Assert.Equal(DecisionReason.LimitExceeded, decision.Reason);
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        await Task.WhenAll(burst);
    }

    private static RegistryCredential User(string name) => new() { Username = name, Password = "p" };

    private void HoldFrom(string prefix) => Registry.Intercept = (request, credential, token) =>
        request.StartsWith(prefix, StringComparison.Ordinal) ? _requests.HoldAsync(request, credential, token) : Task.CompletedTask;

    private int Count(string prefix) => Registry.Requests.Count(r => r.StartsWith(prefix, StringComparison.Ordinal));
}
