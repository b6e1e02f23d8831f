using System.Collections.Immutable;
using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class ImageStatusMethodTests
{
    private const string ImageId = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Good = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Evil = "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
    private const string Tag = "docker.io/library/app:1";
    private const string ByDigest = "docker.io/library/app@" + Good;

    private readonly FakeGate _gate = new();
    private readonly FakeContainerd _containerd = new();
    private readonly ListLogger _log = new();
    private readonly ImageStatusMethod _method;

    public ImageStatusMethodTests() => _method = new ImageStatusMethod(_gate, _containerd, new ImageFinder(new CriCalls(_containerd)), _log);

    [Fact]
    public async Task HandleAsync_Shown_PassesTheReplyOnByteForByte()
    {
        var reply = Found();
        _gate.Judge = _ => new Presence(true, null);

        Assert.Same(reply, await _method.HandleAsync(Request("app:1"), CancellationToken.None));

        var judged = Assert.Single(_gate.Judged);
        Assert.Equal(("app:1", ImageId), (judged.Asked, judged.Id));
        Assert.Equal([new ImageName(Tag, null), new ImageName(ByDigest, null)], judged.Names.ToArray());
    }

    [Fact]
    public async Task HandleAsync_NamesWithRecords_AreJudgedByWhatTheyPointAt()
    {
        Found();
        _gate.Judge = _ => new Presence(true, null);
        _containerd.SetRecord(ByDigest, Evil);
        _containerd.SetRecord(ImageId, Good);

        await _method.HandleAsync(Request(Tag), CancellationToken.None);

        // The name says one digest, containerd's record of it another: that is how `ctr images tag` smuggles.
        Assert.Equal(
            [new ImageName(Tag, null), new ImageName(ImageId, Digest.Parse(Good)), new ImageName(ByDigest, Digest.Parse(Evil))],
            Assert.Single(_gate.Judged).Names.ToArray());
    }

    [Fact]
    public async Task HandleAsync_RecordWithTheVeryTextAsName_IsJudgedFirst()
    {
        Found();
        _gate.Judge = _ => new Presence(true, null);
        _containerd.SetRecord("app:1", Evil);

        await _method.HandleAsync(Request("app:1"), CancellationToken.None);

        Assert.Equal(new ImageName("app:1", Digest.Parse(Evil)), Assert.Single(_gate.Judged).Names[0]);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(0)]
    public async Task HandleAsync_RecordCannotBeRead_FailsAndIsNeitherShownNorHidden(int status)
    {
        var found = Found();
        _containerd.Intercept = (call, _) => Task.FromResult<GrpcReply?>(
            call.Path.EndsWith("/ImageStatus", StringComparison.Ordinal) ? found : new GrpcReply((GrpcStatusCode)status, "gone", new byte[] { 0x0A, 0x7F }, [], [], TrailersOnly: false));

        Assert.Equal(GrpcStatusCode.Unknown, (await _method.HandleAsync(Request("app:1"), CancellationToken.None)).Status);
        Assert.Empty(_gate.Judged);
    }

    [Theory]
    [InlineData(GateLimits.MaxNamesPerImage - 1, 0)]
    [InlineData(GateLimits.MaxNamesPerImage, 2)]
    public async Task HandleAsync_ManyNames_FailsAboveTheLimit(int others, int expected)
    {
        var image = new Image { Id = ImageId };
        image.RepoTags.Add(Enumerable.Range(0, others).Select(number => $"docker.io/library/app:{number}"));
        Answer(FakeContainerd.Ok(new ImageStatusResponse { Image = image }));
        _gate.Judge = _ => new Presence(true, null);

        Assert.Equal((GrpcStatusCode)expected, (await _method.HandleAsync(Request(ImageId), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task HandleAsync_AnyRequest_ForwardsTheVeryBytesAndMetadata()
    {
        Found();
        _gate.Judge = _ => new Presence(true, null);
        var request = Request("app:1");
        await _method.HandleAsync(request, CancellationToken.None);
        Assert.Same(request, _containerd.Calls[0]);
        Assert.All(_containerd.Calls.Skip(1), call => Assert.Equal("/containerd.services.images.v1.Images/Get", call.Path));
    }

    [Fact]
    public async Task HandleAsync_Hidden_IsTheEmptyAnswerWithContainerdsMetadata()
    {
        var found = Found();
        _gate.Judge = _ => new Presence(false, Decisions.Denied("app:1", DecisionReason.NoSignature, "Sign it."));

        var reply = await _method.HandleAsync(Request("app:1"), CancellationToken.None);

        Assert.Equal(GrpcStatusCode.Ok, reply.Status);
        Assert.Equal(0, Assert.NotNull(reply.Message).Length);
        Assert.Equal((found.Headers, found.Trailers, false), (reply.Headers, reply.Trailers, reply.TrailersOnly));
        Assert.Equal(6105, Assert.Single(_log.Lines).Id.Id);
    }

    [Fact]
    public async Task HandleAsync_DefaultPresence_IsHidden()
    {
        Found();
        _gate.Judge = _ => default;
        Assert.Equal(0, (await _method.HandleAsync(Request("app:1"), CancellationToken.None)).Message!.Value.Length);
    }

    [Fact]
    public async Task HandleAsync_Absent_PassesTheReplyOnAndJudgesNothing()
    {
        var reply = Answer(FakeContainerd.Ok(new ImageStatusResponse()));
        Assert.Same(reply, await _method.HandleAsync(Request("app:1"), CancellationToken.None));
        Assert.Empty(_gate.Judged);
    }

    [Fact]
    public async Task HandleAsync_ContainerdsError_IsPassedOnUntouched()
    {
        var error = Answer(new GrpcReply(GrpcStatusCode.Unavailable, "server is not initialized yet", null, [], [], TrailersOnly: true));
        Assert.Same(error, await _method.HandleAsync(Request("app:1"), CancellationToken.None));
        Assert.Empty(_gate.Judged);
    }

    [Fact]
    public async Task HandleAsync_GateThrows_FailsWithTheImageInTheText()
    {
        Found();
        _gate.Judge = _ => throw new NodeGateException(DecisionReason.InternalError, "hunter2");
        var reply = await _method.HandleAsync(Request("app:1"), CancellationToken.None);
        Assert.Equal(GrpcStatusCode.Unknown, reply.Status);
        Assert.StartsWith("image app:1: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Equal(6106, Assert.Single(_log.Lines).Id.Id);
    }

    [Fact]
    public async Task HandleAsync_GateCancelsByItself_FailsClosed()
    {
        Found();
        _gate.Judge = _ => throw new OperationCanceledException();
        Assert.Equal(GrpcStatusCode.Unknown, (await _method.HandleAsync(Request("app:1"), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task HandleAsync_CallerCancels_IsACancellation()
    {
        using var caller = new CancellationTokenSource();
        Found();
        _gate.Judge = _ =>
        {
            caller.Cancel();
            throw new OperationCanceledException(caller.Token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _method.HandleAsync(Request("app:1"), caller.Token));
    }

    [Fact]
    public async Task HandleAsync_AnswerIsNotProtobuf_IsAnErrorAndNeverShown()
    {
        Answer(new GrpcReply(GrpcStatusCode.Ok, null, new byte[] { 0x0A, 0x7F }, [], [], TrailersOnly: false));
        Assert.Equal(GrpcStatusCode.Internal, (await _method.HandleAsync(Request("app:1"), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task HandleAsync_ImageGivenTwice_IsJudgedAsContainerdReadsIt()
    {
        Found();
        _gate.Judge = _ => new Presence(true, null);
        var message = new WireBuilder().Bytes(1, new WireBuilder().Text(1, "first").ToArray()).Bytes(1, new WireBuilder().Text(1, "last").ToArray()).ToArray();
        await _method.HandleAsync(Request("x") with { Message = message }, CancellationToken.None);
        Assert.Equal("last", Assert.Single(_gate.Judged).Asked);
    }

    [Fact]
    public async Task HandleAsync_UnreadableRequest_IsInvalidArgumentAndNotForwarded()
    {
        var reply = await _method.HandleAsync(Request("x") with { Message = new byte[] { 0x0A, 0x02, 0x0A } }, CancellationToken.None);
        Assert.Equal(GrpcStatusCode.InvalidArgument, reply.Status);
        Assert.Empty(_containerd.Calls);
    }

    private static GrpcRequest Request(string image)
    {
        ImmutableArray<MetadataEntry> metadata = [new("content-type", "application/grpc"), new("grpc-timeout", "120000m")];
        var message = new ImageStatusRequest { Image = new ImageSpec { Image = image } }.ToByteArray();
        return new GrpcRequest("/runtime.v1.ImageService/ImageStatus", metadata, (byte[])[.. message, 0x10, 0x01], DateTimeOffset.UnixEpoch);
    }

    private GrpcReply Found()
    {
        var image = new Image { Id = ImageId };
        image.RepoTags.Add(Tag);
        image.RepoDigests.Add(ByDigest);
        return Answer(FakeContainerd.Ok(new ImageStatusResponse { Image = image }));
    }

    private GrpcReply Answer(GrpcReply reply)
    {
        _containerd.Intercept = (call, _) => Task.FromResult(call.Path.EndsWith("/ImageStatus", StringComparison.Ordinal) ? reply : null);
        return reply;
    }
}
