using System.Collections.Immutable;
using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Time;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class PullImageMethodTests
{
    private const string Tag = "registry.example/app:1";
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string ImageId = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    private readonly FakeGate _gate = new();
    private readonly FakeContainerd _containerd = new();
    private readonly ListLogger _log = new();
    private readonly PullImageMethod _method;

    public PullImageMethodTests()
    {
        var time = new FakeTimeProvider();
        _containerd.ImageIds[Digest] = ImageId;
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Admitted(request.Image, Digest));
        _method = new PullImageMethod(_gate, new AdmittedPull(_gate, _containerd), new TagNaming(new CriCalls(_containerd), time), time, _log);
    }

    [Fact]
    public async Task HandleAsync_AdmittedTag_PullsByDigestNamesRecordsAndPassesTheReplyOn()
    {
        var request = Request(Tag);
        GrpcReply? pulled = null;
        _containerd.Intercept = (call, _) =>
        {
            if (call.Path.EndsWith("/PullImage", StringComparison.Ordinal))
            {
                _containerd.SetRecord($"registry.example/app@{Digest}", Digest);
                pulled = FakeContainerd.Ok(new PullImageResponse { ImageRef = ImageId });
            }

            return Task.FromResult(call.Path.EndsWith("/PullImage", StringComparison.Ordinal) ? pulled : null);
        };

        var reply = await _method.HandleAsync(request, CancellationToken.None);

        Assert.Same(pulled, reply);
        Assert.Equal(["PullImage", "Get", "Get", "Create", "ImageStatus"], _containerd.Methods);
        var sent = _containerd.Calls[0];
        Assert.Equal((request.Path, request.Metadata, request.Deadline), (sent.Path, sent.Metadata, sent.Deadline));
        var expected = PullImageRequest.Parser.ParseFrom(request.Message.Span);
        expected.Image.Image = $"registry.example/app@{Digest}";
        Assert.Equal(expected, PullImageRequest.Parser.ParseFrom(sent.Message.Span));
        Assert.Equal(Digest, _containerd.Records[Tag].Target.Digest);
        Assert.Equal("managed", _containerd.Records[Tag].Labels["io.cri-containerd.image"]);
        Assert.Equal(ImageId, Assert.Single(_gate.Recorded).ImageId);
    }

    [Fact]
    public async Task HandleAsync_V1Alpha2_AsksForTheStatusUnderTheSamePackage()
    {
        await _method.HandleAsync(Request(Tag) with { Path = "/runtime.v1alpha2.ImageService/PullImage" }, CancellationToken.None);
        Assert.Equal("/runtime.v1alpha2.ImageService/ImageStatus", _containerd.Calls[^1].Path);
    }

    [Fact]
    public async Task HandleAsync_OwnCallsToContainerd_CarryItsNamespaceAndNoneOfTheCallersMetadata()
    {
        await _method.HandleAsync(Request(Tag), CancellationToken.None);
        foreach (var call in _containerd.Calls.Where(call => call.Path.StartsWith("/containerd.", StringComparison.Ordinal)))
        {
            Assert.Contains(new MetadataEntry("containerd-namespace", "k8s.io"), call.Metadata);
            Assert.DoesNotContain(call.Metadata, entry => entry.Name == "x-caller");
        }
    }

    [Fact]
    public async Task HandleAsync_Admitted_TheGateKnowsOfThePullWhileItRunsAndNotAfter()
    {
        var during = new List<int>();
        _containerd.Intercept = (_, _) =>
        {
            during.Add(_gate.UnderWay);
            return Task.FromResult<GrpcReply?>(null);
        };

        await _method.HandleAsync(Request($"registry.example/app@{Digest}"), CancellationToken.None);
        _containerd.Intercept = (_, _) => throw new IOException("gone");
        await Assert.ThrowsAsync<IOException>(() => _method.HandleAsync(Request($"registry.example/app@{Digest}"), CancellationToken.None));

        Assert.Equal([1], during);
        Assert.Equal(0, _gate.UnderWay);
    }

    [Fact]
    public async Task HandleAsync_AdmittedByDigest_NeedsNoTag()
    {
        var reply = await _method.HandleAsync(Request($"registry.example/app@{Digest}"), CancellationToken.None);
        Assert.Equal(GrpcStatusCode.Ok, reply.Status);
        Assert.Equal(["PullImage"], _containerd.Methods);
        Assert.Single(_gate.Recorded);
    }

    [Fact]
    public async Task HandleAsync_StaticAllowWithoutDigest_ForwardsTheVeryBytes()
    {
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Admitted(request.Image, null));
        _containerd.Intercept = (_, _) => Task.FromResult<GrpcReply?>(FakeContainerd.Ok(new PullImageResponse { ImageRef = ImageId }));
        var request = Request("app");

        await _method.HandleAsync(request, CancellationToken.None);

        Assert.Equal(request.Message.ToArray(), Assert.Single(_containerd.Calls).Message.ToArray());
        Assert.Single(_gate.Recorded);
    }

    [Fact]
    public async Task HandleAsync_TwoImagesInOneRequest_ForwardsOnlyTheJudgedOne()
    {
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Admitted(request.Image, null));
        _containerd.Intercept = (_, _) => Task.FromResult<GrpcReply?>(FakeContainerd.Ok(new PullImageResponse { ImageRef = ImageId }));
        var message = new WireBuilder().Bytes(1, new WireBuilder().Text(1, "evil").ToArray()).Bytes(1, new WireBuilder().Text(1, "good").ToArray()).ToArray();

        await _method.HandleAsync(Request("x") with { Message = message }, CancellationToken.None);

        Assert.Equal("good", Assert.Single(_gate.Asked).Image);
        Assert.DoesNotContain("evil", System.Text.Encoding.UTF8.GetString(_containerd.Calls[0].Message.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HandleAsync_Denied_AsksContainerdNothing()
    {
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Denied(request.Image, DecisionReason.NoSignature, "Sign it."));
        var reply = await _method.HandleAsync(Request(Tag), CancellationToken.None);
        Assert.Equal((GrpcStatusCode.Unknown, $"SignatureValidationFailed: {Tag}: NoSignature: Sign it."), (reply.Status, reply.StatusMessage));
        Assert.Empty(_containerd.Calls);
        Assert.Empty(_gate.Recorded);
    }

    [Fact]
    public async Task HandleAsync_SameDenialForOtherCredentials_GivesTheSameAnswer()
    {
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Denied(request.Image, DecisionReason.NoSignature, "Sign it."));
        var answers = new List<GrpcReply>();
        foreach (var auth in new[] { null, new AuthConfig { Username = "one", Password = "p1" }, new AuthConfig { Username = "two", Password = "p2" } })
        {
            answers.Add(await _method.HandleAsync(Request(Tag, auth), CancellationToken.None));
        }

        Assert.Single(answers.Select(answer => (answer.Status, answer.StatusMessage)).Distinct());
    }

    [Fact]
    public async Task HandleAsync_ContainerdsError_IsPassedOnUntouched()
    {
        var error = new GrpcReply(GrpcStatusCode.Unavailable, "registry down", null, [], [new("grpc-status-details-bin", "CAE")], TrailersOnly: true);
        _containerd.Intercept = (_, _) => Task.FromResult<GrpcReply?>(error);
        Assert.Same(error, await _method.HandleAsync(Request(Tag), CancellationToken.None));
        Assert.Empty(_gate.Recorded);
    }

    [Fact]
    public async Task HandleAsync_OkWithoutImageRef_IsAnErrorAndRecordsNothing()
    {
        _containerd.Intercept = (_, _) => Task.FromResult<GrpcReply?>(FakeContainerd.Ok(new PullImageResponse()));
        var reply = await _method.HandleAsync(Request(Tag), CancellationToken.None);
        Assert.Equal(GrpcStatusCode.Internal, reply.Status);
        Assert.Empty(_gate.Recorded);
    }

    [Fact]
    public async Task HandleAsync_GateThrows_RefusesWithoutTheCause()
    {
        _gate.Decide = (_, _) => throw new InvalidOperationException("hunter2");
        var reply = await _method.HandleAsync(Request(Tag), CancellationToken.None);
        Assert.StartsWith($"SignatureValidationFailed: {Tag}: InternalError: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Empty(_containerd.Calls);
    }

    [Fact]
    public async Task HandleAsync_GateCancelsByItself_IsARefusalAndNotACancellation()
    {
        _gate.Decide = (_, _) => throw new OperationCanceledException();
        Assert.Equal(GrpcStatusCode.Unknown, (await _method.HandleAsync(Request(Tag), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task HandleAsync_RecordingFails_IsAnErrorBecauseTheImageWouldNotBeShown()
    {
        _gate.Record = () => throw new NodeGateException(DecisionReason.InternalError, "disk full");
        var reply = await _method.HandleAsync(Request(Tag), CancellationToken.None);
        Assert.Equal(GrpcStatusCode.Unknown, reply.Status);
        Assert.StartsWith(Tag + ": ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Equal([6102, 6100], _log.Lines.Select(line => line.Id.Id));
    }

    [Theory]
    [InlineData("truncated", new byte[] { 0x0A, 0x09 })]
    [InlineData("wrong type", new byte[] { 0x08, 0x01 })]
    public async Task HandleAsync_UnreadableRequest_IsInvalidArgumentAndJudgesNothing(string what, byte[] message)
    {
        var reply = await _method.HandleAsync(Request(Tag) with { Message = message }, CancellationToken.None);
        Assert.Equal(GrpcStatusCode.InvalidArgument, reply.Status);
        Assert.True(reply.StatusMessage!.StartsWith("PullImage: ", StringComparison.Ordinal), what);
        Assert.Empty(_gate.Asked);
        Assert.Empty(_containerd.Calls);
    }

    [Fact]
    public async Task HandleAsync_AdmittedAndDenied_LogOneLineEachWithoutCredentials()
    {
        var auth = new AuthConfig { Username = "someone", Password = "hunter2", Auth = "aHVudGVyMg==", IdentityToken = "tok-en" };
        await _method.HandleAsync(Request(Tag, auth), CancellationToken.None);
        _gate.Decide = (request, _) => Task.FromResult<Decision>(Decisions.Denied(request.Image, DecisionReason.NoSignature, "Sign it."));
        await _method.HandleAsync(Request(Tag, auth), CancellationToken.None);

        Assert.Equal([6100, 6100], _log.Lines.Select(line => line.Id.Id));
        var text = string.Concat(_log.Lines.Select(line => line.Text));
        foreach (var secret in new[] { "someone", "hunter2", "aHVudGVyMg", "tok-en" })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("decide")]
    [InlineData("PullImage")]
    [InlineData("Get")]
    [InlineData("Create")]
    [InlineData("ImageStatus")]
    public async Task HandleAsync_CallerCancelsAtAStep_EndsThereAndRecordsNothing(string step)
    {
        using var caller = new CancellationTokenSource();
        if (step == "decide")
        {
            _gate.Decide = async (_, cancellationToken) =>
            {
                await caller.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                return Decisions.Admitted(Tag, Digest);
            };
        }

        _containerd.Intercept = async (call, cancellationToken) =>
        {
            if (call.Path.EndsWith("/" + step, StringComparison.Ordinal))
            {
                await caller.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _method.HandleAsync(Request(Tag), caller.Token));
        Assert.Empty(_gate.Recorded);
    }

    [Fact]
    public async Task HandleAsync_CallerCancelsAsTheLastAnswerComes_RecordsNothing()
    {
        using var caller = new CancellationTokenSource();
        _containerd.Intercept = async (call, _) =>
        {
            if (call.Path.EndsWith("/ImageStatus", StringComparison.Ordinal))
            {
                await caller.CancelAsync();
            }

            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _method.HandleAsync(Request(Tag), caller.Token));
        Assert.Empty(_gate.Recorded);
    }

    private static GrpcRequest Request(string image, AuthConfig? auth = null)
    {
        var message = new PullImageRequest
        {
            Image = new ImageSpec { Image = image },
            Auth = auth,
            SandboxConfig = new PodSandboxConfig { Metadata = new PodSandboxMetadata { Name = "pod", Namespace = "default", Uid = "1" } },
        };
        ImmutableArray<MetadataEntry> metadata = [new("content-type", "application/grpc"), new("x-caller", "kept"), new("x-bin", "AAE")];

        // An unknown field at the end, as a newer kubelet would send.
        return new GrpcRequest("/runtime.v1.ImageService/PullImage", metadata, (byte[])[.. message.ToByteArray(), .. new WireBuilder().Text(77, "new").ToArray()], null);
    }
}
