using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Wire;
using NodeGate.Testing.Time;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class TagNamingTests
{
    private const string Tag = "registry.example/app:1";
    private const string Repository = "registry.example/app";
    private const string Service = "/runtime.v1.ImageService/";
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Unverified = "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
    private const string ImageId = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeContainerd _containerd = new();
    private readonly TagNaming _naming;

    public TagNamingTests()
    {
        _containerd.ImageIds[Digest] = ImageId;
        _containerd.SetRecord($"{Repository}@{Digest}", Digest);
        _naming = new TagNaming(new CriCalls(_containerd), _time);
    }

    [Fact]
    public async Task NameAsync_NewTag_IsCreatedFromContainerdsOwnDescriptor()
    {
        Assert.Null(await NameAsync());
        Assert.Equal(["Get", "Get", "Create", "ImageStatus"], _containerd.Methods);
        Assert.Equal((Digest, 42L), (_containerd.Records[Tag].Target.Digest, _containerd.Records[Tag].Target.Size));
    }

    [Fact]
    public async Task NameAsync_TagIsThereAndRight_WritesNothing()
    {
        _containerd.SetRecord(Tag, Digest, (CriCalls.ManagedLabel, "managed"));
        Assert.Null(await NameAsync());
        Assert.Equal(["Get", "Get", "ImageStatus"], _containerd.Methods);
    }

    [Fact]
    public async Task NameAsync_TagNamesAnUnverifiedDigest_IsMovedAndKeepsItsOtherLabels()
    {
        _containerd.SetRecord(Tag, Unverified, ("team", "a"), ("io.cri-containerd.pinned", "pinned"));
        Assert.Null(await NameAsync());
        Assert.Equal(["Get", "Get", "Update", "ImageStatus"], _containerd.Methods);
        var record = _containerd.Records[Tag];
        Assert.Equal(Digest, record.Target.Digest);
        Assert.Equal(("a", "pinned", "managed"), (record.Labels["team"], record.Labels["io.cri-containerd.pinned"], record.Labels[CriCalls.ManagedLabel]));
    }

    [Fact]
    public async Task NameAsync_RightDigestWithoutTheLabel_GetsTheLabel()
    {
        _containerd.SetRecord(Tag, Digest);
        Assert.Null(await NameAsync());
        Assert.Equal("managed", _containerd.Records[Tag].Labels[CriCalls.ManagedLabel]);
    }

    [Fact]
    public async Task NameAsync_TagAppearsBetweenGetAndCreate_IsUpdated()
    {
        Before("Create", () => _containerd.SetRecord(Tag, Unverified));
        Assert.Null(await NameAsync());
        Assert.Equal(["Get", "Get", "Create", "Update", "ImageStatus"], _containerd.Methods);
        Assert.Equal(Digest, _containerd.Records[Tag].Target.Digest);
    }

    [Fact]
    public async Task NameAsync_TagVanishesBetweenGetAndUpdate_IsCreatedInTheNextRound()
    {
        _containerd.SetRecord(Tag, Unverified);
        Before("Update", () => _containerd.Remove(Tag));
        Assert.Null(await RunAsync(NameAsync()));
        Assert.Equal(Digest, _containerd.Records[Tag].Target.Digest);
    }

    [Fact]
    public async Task NameAsync_SomebodyMovesTheTagBeforeItIsShown_IsMovedBack()
    {
        Before("ImageStatus", () => _containerd.SetRecord(Tag, Unverified));
        Assert.Null(await RunAsync(NameAsync()));
        Assert.Equal(Digest, _containerd.Records[Tag].Target.Digest);
        Assert.Contains("Update", _containerd.Methods);
    }

    [Fact]
    public async Task NameAsync_EventsAreLate_WaitsUntilTheNameIsShown()
    {
        _containerd.EventsAreLateBy = 12;
        Assert.Null(await RunAsync(NameAsync()));
        Assert.Equal(13, _containerd.Methods.Count(method => method == "ImageStatus"));
    }

    [Fact]
    public async Task NameAsync_NameNeverShown_FailsAfterTheLimit()
    {
        _containerd.EventsAreLateBy = int.MaxValue;
        var started = _time.GetUtcNow();
        Assert.Equal("the name is still absent after 10 seconds.", await RunAsync(NameAsync()));
        Assert.InRange(_time.GetUtcNow() - started, CriLimits.NamingTimeout, CriLimits.NamingTimeout + CriLimits.LongestNamingPause);
    }

    [Fact]
    public async Task NameAsync_ContainerdHangs_FailsAfterTheLimit()
    {
        _containerd.Intercept = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
            return null;
        };
        var naming = NameAsync();
        _time.Advance(CriLimits.NamingTimeout);
        Assert.Equal("the name could not be looked at after 10 seconds.", await naming);
    }

    [Fact]
    public async Task NameAsync_PulledImageVanished_Fails()
    {
        _containerd.Remove($"{Repository}@{Digest}");
        Assert.StartsWith("Images/Get of the pulled image: NotFound: ", await NameAsync(), StringComparison.Ordinal);
        Assert.False(_containerd.Records.ContainsKey(Tag));
    }

    [Fact]
    public async Task NameAsync_RecordOfThePullNamesAnotherDigest_FailsWithoutNaming()
    {
        _containerd.SetRecord($"{Repository}@{Digest}", Unverified);
        Assert.Equal($"the record of the pulled image names {Unverified} instead of {Digest}.", await NameAsync());
        Assert.False(_containerd.Records.ContainsKey(Tag));
    }

    [Theory]
    [InlineData("Get", "Images/Get of the pulled image: Internal: broken")]
    [InlineData("Create", "Images/Create: Internal: broken")]
    [InlineData("ImageStatus", "ImageStatus: Internal: broken")]
    public async Task NameAsync_ContainerdRefusesAStep_FailsWithItsWords(string method, string expected)
    {
        Answer(method, GrpcReply.Error(GrpcStatusCode.Internal, "broken"));
        Assert.Equal(expected, await NameAsync());
    }

    [Fact]
    public async Task NameAsync_UpdateRefused_FailsWithItsWords()
    {
        _containerd.SetRecord(Tag, Unverified);
        Answer("Update", GrpcReply.Error(GrpcStatusCode.FailedPrecondition, "lease"));
        Assert.Equal("Images/Update: FailedPrecondition: lease", await NameAsync());
    }

    [Theory]
    [InlineData("Get", "the record of the pulled image names nothing instead of " + Digest + ".")]
    [InlineData("ImageStatus", "ImageStatus: the answer is not valid protobuf.")]
    public async Task NameAsync_AnswerIsNotProtobuf_Fails(string method, string expected)
    {
        Answer(method, new GrpcReply(GrpcStatusCode.Ok, null, new byte[] { 0x0A, 0x7F }, [], [], TrailersOnly: false));
        Assert.Equal(expected, await NameAsync());
    }

    [Fact]
    public async Task NameAsync_TwoPullsOfAMovedTag_TakeTurns()
    {
        const string Second = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
        const string SecondId = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
        _containerd.ImageIds[Second] = SecondId;
        _containerd.SetRecord($"{Repository}@{Second}", Second);
        var held = new TaskCompletionSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _containerd.Intercept = async (call, _) =>
        {
            if (call.Path.EndsWith("/Create", StringComparison.Ordinal))
            {
                reached.TrySetResult();
                await held.Task;
            }

            return null;
        };

        var first = NameAsync();
        await reached.Task;
        var second = _naming.NameAsync(Decisions.Admitted(Tag, Second).Image, SecondId, Service, CancellationToken.None);
        var before = _containerd.Calls.Count;
        held.SetResult();

        Assert.Null(await first);
        Assert.Null(await second);
        Assert.Equal(["Get", "Get", "Create"], _containerd.Methods.Take(before));
        Assert.Equal(Second, _containerd.Records[Tag].Target.Digest);
    }

    [Fact]
    public async Task EnterAsync_CancelledWhileWaiting_LeavesNoLockBehind()
    {
        var locks = new TagLocks();
        using var caller = new CancellationTokenSource();
        var first = await locks.EnterAsync(Tag, CancellationToken.None);
        var second = locks.EnterAsync(Tag, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, locks.Count);
    }

    private Task<string?> NameAsync() => _naming.NameAsync(Decisions.Admitted(Tag, Digest).Image, ImageId, Service, CancellationToken.None);

    /// <summary>Lets time pass as often as the naming waits for it: its own limit and the pause are the two timers.</summary>
    private async Task<string?> RunAsync(Task<string?> naming)
    {
        while (true)
        {
            var waiting = _time.UntilTimersAsync(2);
            if (await Task.WhenAny(naming, waiting) == naming)
            {
                return await naming;
            }

            _time.Advance(CriLimits.LongestNamingPause);
        }
    }

    private void Before(string method, Action action)
    {
        var done = false;
        _containerd.Intercept = (call, _) =>
        {
            if (!done && call.Path.EndsWith("/" + method, StringComparison.Ordinal))
            {
                done = true;
                action();
            }

            return Task.FromResult<GrpcReply?>(null);
        };
    }

    private void Answer(string method, GrpcReply reply) => _containerd.Intercept = (call, _) =>
        Task.FromResult(call.Path.EndsWith("/" + method, StringComparison.Ordinal) ? reply : null);
}
