using System.Collections.Immutable;
using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Containers;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Time;

namespace NodeGate.CriProxy.Tests.Cri.Containers;

public sealed class CreateContainerMethodTests
{
    private const string Tag = "registry.example/app:1";
    private const string Good = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Evil = "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
    private const string ImageId = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string VolumeId = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
    private const string VolumeDigest = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private readonly FakeGate _gate = new();
    private readonly FakeContainerd _containerd = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger _log = new();
    private readonly CreateContainerMethod _method;
    private readonly RestorePodMethod _restore;

    public CreateContainerMethodTests()
    {
        var calls = new CriCalls(_containerd);
        var guard = new ContainerGuard(_gate, new ImageFinder(calls), _time, _log);
        _method = new CreateContainerMethod(guard, _containerd, calls, _log);
        _restore = new RestorePodMethod(guard, _containerd, calls, _log);
        _gate.JudgeContainer = request => Decisions.Admitted(request.Written ?? "registry.example/app", Good);
        _containerd.ImageIds[Good] = ImageId;
        _containerd.ImageIds[VolumeDigest] = VolumeId;
        _containerd.SetRecord(Tag, Good);
        _containerd.SetRecord(ImageId, Good);
        _containerd.SetRecord("registry.example/data:1", VolumeDigest);
    }

    [Fact]
    public async Task HandleAsync_Admitted_IsForwardedAsItCameAndJudgedOnce()
    {
        var request = Request(ImageId, Tag);

        var reply = await _method.HandleAsync(request, CancellationToken.None);

        Assert.Equal("c1", CreateContainerResponse.Parser.ParseFrom(reply.Message!.Value.Span).ContainerId);
        Assert.Same(request, Assert.Single(_containerd.Calls, call => call.Path == request.Path));
        var judged = Assert.Single(_gate.Containers);
        Assert.Equal(
            (ImageId, ImageId, Tag, "prod", "pod", "1", DecisionEvent.CreateContainer),
            (judged.Image.Asked, judged.Image.Id, judged.Written, judged.Namespace, judged.Pod, judged.PodUid, judged.Event));
        Assert.Equal([new ImageName(ImageId, Digest.Parse(Good)), new ImageName(Tag, Digest.Parse(Good))], judged.Image.Names.ToArray());

        // One look before, one after, for the image and its two names.
        Assert.Equal(["ImageStatus", "Get", "Get", "CreateContainer", "ImageStatus", "Get", "Get"], _containerd.Methods);
    }

    [Theory]
    [InlineData("/runtime.v1.RuntimeService/CreateContainer", "/runtime.v1.ImageService/ImageStatus")]
    [InlineData("/runtime.v1alpha2.RuntimeService/CreateContainer", "/runtime.v1alpha2.ImageService/ImageStatus")]
    public async Task HandleAsync_EachPackage_AsksTheSamePackage(string path, string expected)
    {
        await _method.HandleAsync(Request(ImageId, Tag) with { Path = path }, CancellationToken.None);
        Assert.Equal(expected, _containerd.Calls[0].Path);
    }

    [Fact]
    public async Task HandleAsync_Denied_IsWordedAsForPullsWithWhatThePodWroteAndNothingIsForwarded()
    {
        _gate.JudgeContainer = _ => Decisions.Denied(Tag, DecisionReason.NoSignature, "Sign it.");
        var reply = await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None);
        Assert.Equal((GrpcStatusCode.Unknown, $"SignatureValidationFailed: {Tag}: NoSignature: Sign it."), (reply.Status, reply.StatusMessage));
        Assert.DoesNotContain("CreateContainer", _containerd.Methods);
        Assert.Equal(6108, Assert.Single(_log.Lines).Id.Id);
    }

    [Theory]
    [InlineData("nosuch:1", null, "failed to resolve image \"nosuch:1\": not found")]
    [InlineData("/etc/passwd", "app:1", "failed to resolve image \"/etc/passwd\": not found")]
    public async Task HandleAsync_ImageThatIsNotThere_IsContainerdsAnswerAndNothingIsForwarded(string image, string? written, string expected)
    {
        var reply = await _method.HandleAsync(Request(image, written), CancellationToken.None);
        Assert.Equal((GrpcStatusCode.NotFound, expected), (reply.Status, reply.StatusMessage));
        Assert.Equal(["ImageStatus"], _containerd.Methods);
        Assert.Empty(_gate.Containers);
    }

    [Fact]
    public async Task HandleAsync_ImageStatusFails_IsThatAnswer()
    {
        var error = GrpcReply.Error(GrpcStatusCode.Unavailable, "server is not initialized yet");
        _containerd.Intercept = (_, _) => Task.FromResult<GrpcReply?>(error);
        Assert.Same(error, await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None));
    }

    [Fact]
    public async Task HandleAsync_Volume_IsJudgedTooAndItsRefusalStopsTheContainer()
    {
        _gate.JudgeContainer = request => request.Image.Id == VolumeId
            ? Decisions.Denied("data", DecisionReason.NoSignature, "Sign it.")
            : Decisions.Admitted(Tag, Good);
        var reply = await _method.HandleAsync(Request(ImageId, Tag, "registry.example/data:1"), CancellationToken.None);
        Assert.Equal("SignatureValidationFailed: registry.example/data:1: NoSignature: Sign it.", reply.StatusMessage);
        Assert.DoesNotContain("CreateContainer", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_VolumeThatIsNotThere_IsContainerdsAnswer()
    {
        var reply = await _method.HandleAsync(Request(ImageId, Tag, "nosuch:1"), CancellationToken.None);
        Assert.Equal((GrpcStatusCode.NotFound, "failed to mount image volume: failed to resolve image \"nosuch:1\": not found"), (reply.Status, reply.StatusMessage));
        Assert.DoesNotContain("CreateContainer", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_SameImageAsContainerAndVolume_IsLookedUpOnce()
    {
        await _method.HandleAsync(Request(ImageId, Tag, ImageId, ImageId), CancellationToken.None);
        Assert.Equal("ImageStatus", _containerd.Methods.TakeWhile(method => method != "CreateContainer").Single(method => method != "Get"));
        Assert.Equal([Tag, null], _gate.Containers.Select(judged => judged.Written));
    }

    [Fact]
    public async Task HandleAsync_TagMovedWhileItWasMade_IsRemovedAndRefused()
    {
        _gate.JudgeContainer = request => request.Image.Names.Any(name => name.Target == Digest.Parse(Evil))
            ? Decisions.Denied(Tag, DecisionReason.NoSignature, "Sign it.")
            : Decisions.Admitted(Tag, Good);
        WhileMaking(() => _containerd.SetRecord(ImageId, Evil));

        var reply = await _method.HandleAsync(Request(Tag, Tag), CancellationToken.None);

        Assert.Equal($"SignatureValidationFailed: {Tag}: NoSignature: Sign it.", reply.StatusMessage);
        Assert.Equal("c1", RemoveContainerRequest.Parser.ParseFrom(_containerd.Calls[^1].Message.Span).ContainerId);
        Assert.Equal("/runtime.v1.RuntimeService/RemoveContainer", _containerd.Calls[^1].Path);
        Assert.Equal([6110, 6108], _log.Lines.Select(line => line.Id.Id));
    }

    [Fact]
    public async Task HandleAsync_TagMovedToSomethingAdmitted_Stays()
    {
        WhileMaking(() => _containerd.SetRecord("registry.example/app:2", Good));
        Assert.Equal(GrpcStatusCode.Ok, (await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None)).Status);
        Assert.Equal(2, _gate.Containers.Count);
        Assert.DoesNotContain("RemoveContainer", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_ImageGoneWhileItWasMade_IsRemovedAndRefused()
    {
        WhileMaking(() =>
        {
            _containerd.Remove(Tag);
            _containerd.Remove(ImageId);
        });
        Assert.Equal(GrpcStatusCode.NotFound, (await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None)).Status);
        Assert.Equal("RemoveContainer", _containerd.Methods.Last());
    }

    [Fact]
    public async Task HandleAsync_CallerGoneWhileItWasMade_IsConfirmedAllTheSame()
    {
        using var caller = new CancellationTokenSource();
        _gate.JudgeContainer = request => request.Image.Names.Any(name => name.Target == Digest.Parse(Evil))
            ? Decisions.Denied(Tag, DecisionReason.NoSignature, "Sign it.")
            : Decisions.Admitted(Tag, Good);
        WhileMaking(() =>
        {
            _containerd.SetRecord(ImageId, Evil);
            caller.Cancel();
        });
        await _method.HandleAsync(Request(Tag, Tag), caller.Token);
        Assert.Equal("RemoveContainer", _containerd.Methods.Last());
    }

    [Fact]
    public async Task HandleAsync_LookingAgainTakesForever_IsRemovedAndRefused()
    {
        WhileMaking(() => _containerd.Intercept = async (call, cancellationToken) =>
        {
            if (call.Path.EndsWith("/ImageStatus", StringComparison.Ordinal))
            {
                _time.Advance(CriLimits.ConfirmTimeout);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return null;
        });
        var reply = await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None);
        Assert.StartsWith($"SignatureValidationFailed: {Tag}: InternalError: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Equal("RemoveContainer", _containerd.Methods.Last());
    }

    [Fact]
    public async Task HandleAsync_ContainerdsError_IsPassedOnAndNothingIsLookedAtAgain()
    {
        var error = new GrpcReply(GrpcStatusCode.Unknown, "no such sandbox", null, [], [new("grpc-status-details-bin", "CAE")], TrailersOnly: true);
        _containerd.Intercept = (call, _) => Task.FromResult(call.Path.EndsWith("/CreateContainer", StringComparison.Ordinal) ? error : null);
        Assert.Same(error, await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None));
        Assert.Equal("CreateContainer", _containerd.Methods.Last());
    }

    [Fact]
    public async Task HandleAsync_GateThrows_RefusesWithoutTheCause()
    {
        _gate.JudgeContainer = _ => throw new InvalidOperationException("hunter2");
        var reply = await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None);
        Assert.StartsWith($"SignatureValidationFailed: {Tag}: InternalError: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", reply.StatusMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("CreateContainer", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_RecordsCannotBeRead_RefusesWithTheCause()
    {
        _containerd.Intercept = (call, _) => Task.FromResult(
            call.Path.EndsWith("/Get", StringComparison.Ordinal) ? GrpcReply.Error(GrpcStatusCode.Unavailable, "gone") : null);
        var reply = await _method.HandleAsync(Request(ImageId, Tag), CancellationToken.None);
        Assert.Equal($"SignatureValidationFailed: {Tag}: InternalError: containerd's answer cannot be used: Images/Get: Unavailable: gone", reply.StatusMessage);
    }

    [Fact]
    public async Task HandleAsync_CallerCancelsWhileJudging_IsACancellation()
    {
        using var caller = new CancellationTokenSource();
        _gate.JudgeContainer = _ =>
        {
            caller.Cancel();
            throw new OperationCanceledException(caller.Token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _method.HandleAsync(Request(ImageId, Tag), caller.Token));
        Assert.DoesNotContain("CreateContainer", _containerd.Methods);
    }

    [Fact]
    public async Task HandleAsync_UnreadableRequest_IsInvalidArgumentAndAsksNobody()
    {
        var reply = await _method.HandleAsync(Request(ImageId, Tag) with { Message = new byte[] { 0x12, 0x7F } }, CancellationToken.None);
        Assert.Equal(GrpcStatusCode.InvalidArgument, reply.Status);
        Assert.StartsWith("CreateContainer: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Empty(_containerd.Calls);
    }

    [Fact]
    public async Task RestorePod_OneOfItsImagesDenied_ForwardsNothing()
    {
        _gate.JudgeContainer = request => request.Written == "bad" ? Decisions.Denied("bad", DecisionReason.NoSignature, "Sign it.") : Decisions.Admitted(Tag, Good);
        var reply = await _restore.HandleAsync(Restore((ImageId, Tag), (ImageId, "bad")), CancellationToken.None);
        Assert.Equal("SignatureValidationFailed: bad: NoSignature: Sign it.", reply.StatusMessage);
        Assert.DoesNotContain("RestorePod", _containerd.Methods);
    }

    [Fact]
    public async Task RestorePod_Admitted_IsForwardedAsItCame()
    {
        var request = Restore((ImageId, Tag));
        Assert.Equal(GrpcStatusCode.Ok, (await _restore.HandleAsync(request, CancellationToken.None)).Status);
        Assert.Contains(request, _containerd.Calls);
    }

    [Fact]
    public async Task RestorePod_WithoutContainers_IsRefused()
    {
        var reply = await _restore.HandleAsync(Restore(), CancellationToken.None);
        Assert.Equal(GrpcStatusCode.InvalidArgument, reply.Status);
        Assert.Empty(_containerd.Calls);
    }

    [Fact]
    public async Task RestorePod_TagMovedWhileItWasMade_IsRemovedAsAPod()
    {
        _gate.JudgeContainer = request => request.Image.Names.Any(name => name.Target == Digest.Parse(Evil))
            ? Decisions.Denied(Tag, DecisionReason.NoSignature, "Sign it.")
            : Decisions.Admitted(Tag, Good);
        WhileMaking(() => _containerd.SetRecord(ImageId, Evil));
        Assert.Equal(GrpcStatusCode.Unknown, (await _restore.HandleAsync(Restore((Tag, Tag)), CancellationToken.None)).Status);
        Assert.Equal(["StopPodSandbox", "RemovePodSandbox"], _containerd.Methods.TakeLast(2));
    }

    private static GrpcRequest Request(string image, string? written, params string[] volumes)
    {
        var config = Container(image, written);
        config.Mounts.Add(volumes.Select(volume => new Mount { Image = new ContainerImageSpec { Image = volume } }));
        var message = new CreateContainerRequest { Config = config, SandboxConfig = Sandbox() };

        // An unknown field at the end, as a newer kubelet would send.
        return new GrpcRequest(
            "/runtime.v1.RuntimeService/CreateContainer", [new("content-type", "application/grpc")], (byte[])[.. message.ToByteArray(), .. new WireBuilder().Text(77, "new").ToArray()], null);
    }

    private static GrpcRequest Restore(params (string Image, string Written)[] containers)
    {
        var message = new RestorePodRequest { Config = Sandbox() };
        message.ContainerConfigs.Add(containers.Select(container => Container(container.Image, container.Written)));
        return new GrpcRequest("/runtime.v1.RuntimeService/RestorePod", ImmutableArray<MetadataEntry>.Empty, message.ToByteArray(), null);
    }

    private static ContainerConfig Container(string image, string? written) =>
        new() { Image = new ContainerImageSpec { Image = image, UserSpecifiedImage = written ?? "" } };

    private static PodSandboxConfig Sandbox() => new() { Metadata = new PodSandboxMetadata { Name = "pod", Namespace = "prod", Uid = "1" } };

    private void WhileMaking(Action change) => _containerd.Intercept = (call, _) =>
    {
        if (call.Path.EndsWith("/CreateContainer", StringComparison.Ordinal) || call.Path.EndsWith("/RestorePod", StringComparison.Ordinal))
        {
            change();
        }

        return Task.FromResult<GrpcReply?>(null);
    };
}
