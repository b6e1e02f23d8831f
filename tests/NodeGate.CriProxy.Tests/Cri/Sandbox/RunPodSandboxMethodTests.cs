using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Containers;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Cri.Sandbox;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Time;

namespace NodeGate.CriProxy.Tests.Cri.Sandbox;

public sealed class RunPodSandboxMethodTests
{
    private const string Pause = "registry.example/pause:1";
    private const string Good = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string ImageId = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    private readonly FakeGate _gate = new();
    private readonly FakeContainerd _containerd = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger _log = new();
    private readonly RunPodSandboxMethod _method;
    private readonly StatusResponse _status = new();
    private readonly PodSandboxStatusResponse _pod = new();
    private readonly ListPodSandboxResponse _sandboxes = new();
    private readonly ListImagesResponse _images = new();
    private PolicyMode _mode = PolicyMode.Enforce;

    public RunPodSandboxMethodTests()
    {
        var calls = new CriCalls(_containerd);
        var finder = new ImageFinder(calls);
        var guard = new ContainerGuard(_gate, finder, _time, _log);
        var pull = new PullImageMethod(_gate, new AdmittedPull(_gate, _containerd), new TagNaming(calls, _time), _time, _log);
        _method = new RunPodSandboxMethod(new PolicyOf(() => _mode), new SandboxImageFinder(calls), finder, guard, pull, _containerd, calls, _time, _log);
        _gate.JudgeContainer = request => Decisions.Admitted(request.Written!, Good);
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Admitted(request.Image, Good));
        _containerd.ImageIds[Good] = ImageId;
        _containerd.SetRecord(Pause, Good);
        _status.Info["config"] = $$$"""{"containerd":{"sandboxImage":"wrong"},"sandboxImage":"{{{Pause}}}"}""";
        _pod.Info["info"] = $$$"""{"image":"{{{Pause}}}"}""";
        _containerd.Intercept = (call, _) => Task.FromResult(Answer(call));
    }

    [Fact]
    public async Task HandleAsync_AdmittedImage_IsForwardedAsItCame()
    {
        var request = Request();

        var reply = await _method.HandleAsync(request, CancellationToken.None);

        Assert.Equal("p1", RunPodSandboxResponse.Parser.ParseFrom(reply.Message!.Value.Span).PodSandboxId);
        Assert.Contains(request, _containerd.Calls);
        var judged = Assert.Single(_gate.Containers);
        Assert.Equal((Pause, ImageId, "prod", "pod", "1"), (judged.Written, judged.Image.Id, judged.Namespace, judged.Pod, judged.PodUid));
        Assert.Empty(_gate.Asked);
    }

    [Fact]
    public async Task HandleAsync_Denied_IsWordedAsForPullsAndNothingIsForwarded()
    {
        _gate.JudgeContainer = _ => Decisions.Denied(Pause, DecisionReason.NoSignature, "Sign it.");
        var reply = await _method.HandleAsync(Request(), CancellationToken.None);
        Assert.Equal((GrpcStatusCode.Unknown, $"SignatureValidationFailed: {Pause}: NoSignature: Sign it."), (reply.Status, reply.StatusMessage));
        Assert.DoesNotContain("RunPodSandbox", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_AbsentImage_IsPulledThroughTheGateByDigestAndPinned()
    {
        _containerd.Remove(Pause);

        Assert.Equal(GrpcStatusCode.Ok, (await _method.HandleAsync(Request(), CancellationToken.None)).Status);

        Assert.Equal((Pause, "prod", "pod", null), (_gate.Asked[0].Image, _gate.Asked[0].Namespace, _gate.Asked[0].Pod, _gate.Asked[0].Credential));
        Assert.Single(_gate.Recorded);
        Assert.Contains("registry.example/pause@" + Good, _containerd.Records);
        Assert.Equal("pinned", _containerd.Records[Pause].Labels["io.cri-containerd.pinned"]);
        Assert.Equal("managed", _containerd.Records[Pause].Labels["io.cri-containerd.image"]);
    }

    [Fact]
    public async Task HandleAsync_AbsentImageThatIsDenied_IsNeitherPulledNorStarted()
    {
        _containerd.Remove(Pause);
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Denied(request.Image, DecisionReason.NoSignature, "Sign it."));
        var reply = await _method.HandleAsync(Request(), CancellationToken.None);
        Assert.Equal($"SignatureValidationFailed: {Pause}: NoSignature: Sign it.", reply.StatusMessage);
        Assert.DoesNotContain("PullImage", _containerd.Methods);
        Assert.DoesNotContain("RunPodSandbox", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_NothingInTheConfiguration_IsWhatTheLatestPodUsed()
    {
        _status.Info.Clear();
        _sandboxes.Items.Add([new PodSandbox { Id = "old", CreatedAt = 1 }, new PodSandbox { Id = "new", CreatedAt = 2 }]);
        Assert.Equal(GrpcStatusCode.Ok, (await _method.HandleAsync(Request(), CancellationToken.None)).Status);
        var asked = _containerd.Calls.First(call => call.Path.EndsWith("/PodSandboxStatus", StringComparison.Ordinal));
        Assert.Equal(("new", true), (PodSandboxStatusRequest.Parser.ParseFrom(asked.Message.Span).PodSandboxId, PodSandboxStatusRequest.Parser.ParseFrom(asked.Message.Span).Verbose));
    }

    [Fact]
    public async Task HandleAsync_NoPodYet_IsTheOnePinnedImage()
    {
        _status.Info.Clear();
        _images.Images.Add([new Image { RepoTags = { "other:1" } }, new Image { RepoTags = { Pause }, Pinned = true }]);
        Assert.Equal(GrpcStatusCode.Ok, (await _method.HandleAsync(Request(), CancellationToken.None)).Status);
        Assert.Equal(Pause, Assert.Single(_gate.Containers).Written);
    }

    [Theory]
    [InlineData(0, "crictl")]
    [InlineData(2, "2 pinned images")]
    public async Task HandleAsync_NothingTells_IsRefusedWithTheFix(int pinned, string expected)
    {
        _status.Info.Clear();
        _images.Images.Add(Enumerable.Range(0, pinned).Select(number => new Image { RepoTags = { $"p:{number}" }, Pinned = true }));
        var reply = await _method.HandleAsync(Request(), CancellationToken.None);
        Assert.StartsWith("SignatureValidationFailed: sandbox image: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Contains(expected, reply.StatusMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("RunPodSandbox", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_NothingTellsInAuditMode_IsForwarded()
    {
        _mode = PolicyMode.Audit;
        _status.Info.Clear();
        Assert.Equal(GrpcStatusCode.Ok, (await _method.HandleAsync(Request(), CancellationToken.None)).Status);
        Assert.Contains(6112, _log.Lines.Select(line => line.Id.Id));
    }

    [Fact]
    public async Task HandleAsync_PodWasStartedWithAnotherImage_ThatOneIsJudgedAndThePodRemoved()
    {
        _containerd.SetRecord("registry.example/other:1", Good);
        _containerd.ImageIds[Good] = ImageId;
        _pod.Info["info"] = """{"image":"registry.example/new:1"}""";
        _gate.JudgeContainer = request => request.Written == Pause ? Decisions.Admitted(Pause, Good) : Decisions.Denied("new", DecisionReason.NoSignature, "Sign it.");
        _containerd.SetRecord("registry.example/new:1", "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

        var reply = await _method.HandleAsync(Request(), CancellationToken.None);

        Assert.Equal("SignatureValidationFailed: registry.example/new:1: NoSignature: Sign it.", reply.StatusMessage);
        Assert.Equal(["StopPodSandbox", "RemovePodSandbox"], _containerd.Methods.TakeLast(2));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"sandboxImage\":")]
    public async Task HandleAsync_ConfigurationIsNotJson_IsRefused(string json)
    {
        _status.Info["config"] = json;
        var reply = await _method.HandleAsync(Request(), CancellationToken.None);
        Assert.StartsWith("SignatureValidationFailed: sandbox image: InternalError: ", reply.StatusMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HandleAsync_UnreadableRequest_IsInvalidArgument()
    {
        var reply = await _method.HandleAsync(Request() with { Message = new byte[] { 0x08, 0x01 } }, CancellationToken.None);
        Assert.Equal(GrpcStatusCode.InvalidArgument, reply.Status);
        Assert.Empty(_containerd.Calls);
    }

    private static GrpcRequest Request()
    {
        var message = new RunPodSandboxRequest { Config = new PodSandboxConfig { Metadata = new PodSandboxMetadata { Name = "pod", Namespace = "prod", Uid = "1" } } };
        return new GrpcRequest("/runtime.v1.RuntimeService/RunPodSandbox", [], (byte[])[.. message.ToByteArray(), .. new WireBuilder().Text(2, "runc").ToArray()], null);
    }

    private GrpcReply? Answer(GrpcRequest call) => call.Path[(call.Path.LastIndexOf('/') + 1)..] switch
    {
        "Status" => FakeContainerd.Ok(_status),
        "ListPodSandbox" => FakeContainerd.Ok(_sandboxes),
        "ListImages" => FakeContainerd.Ok(_images),
        "PodSandboxStatus" => FakeContainerd.Ok(_pod),
        "RunPodSandbox" => FakeContainerd.Ok(new RunPodSandboxResponse { PodSandboxId = "p1" }),
        _ => null,
    };

    private sealed class PolicyOf(Func<PolicyMode> mode) : IPolicySource
    {
        public PolicyModel Current => mode() == PolicyMode.Audit ? Policies.Audit : Policies.Enforce;
    }
}
