using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Fidelity;

/// <summary>
/// What arrives at containerd is what was sent to the real daemon, and what no real containerd can be brought to answer comes back as it was
/// answered: seen with a tap between the two.
/// </summary>
[Collection(FidelityCollection.Name)]
public sealed class RelayedRequestTests(FidelityNodes nodes)
{
    private const int MiB = 1 << 20;
    private const string Status = "/runtime.v1.ImageService/ImageStatus";
    private const string Pull = "/runtime.v1.ImageService/PullImage";
    private const string List = "/runtime.v1.RuntimeService/ListContainers";

    private static readonly KeyValuePair<string, string>[] Metadata =
    [
        new("x-token-bin", Convert.ToBase64String(Enumerable.Range(0, 256).Select(value => (byte)value).ToArray()).TrimEnd('=')),
        new("x-empty-bin", ""),
        new("x-list", "a,b , c"),
        new("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        new("baggage", "key=value"),
        new("grpc-previous-rpc-attempts", "1"),
        new("user-agent", "kubelet/1.33 grpc-go/1.70.0"),
    ];

    [RealPartTheory("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    [InlineData(List)]
    [InlineData("/runtime.v1.ImageService/ListImages")]
    [InlineData(Status)]
    [InlineData("/runtime.v1.RuntimeService/NoSuchMethod")]
    public async Task Request_WithUnknownFieldsAndMetadata_ArrivesAsItWasSent(string path)
    {
        var node = await nodes.NodeAsync();
        var message = new ProtoWriter()
            .Message(1, new ProtoWriter().String(1, path == Status ? "example.invalid/none:1" : "").Bytes(1001, [0, 255, 128]))
            .Varint(1002, ulong.MaxValue).Fixed32(1003, 7).Fixed64(1004, 8).String(1005, "unknown").ToArray();

        var (direct, gated, directReply, gatedReply) = await node.ArrivalsAsync(path, message, Metadata);

        Assert.Equal(message, gated.Message);
        Assert.Equal(direct.Body, gated.Body);
        Assert.Equal(direct.Headers, gated.Headers);
        Assert.Equal(Metadata[0].Value, gated.Header("x-token-bin"));
        Assert.Equal((directReply.Status, directReply.StatusMessage), (gatedReply.Status, gatedReply.StatusMessage));
    }

    [RealPartFact("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    public async Task PullImage_WithUnknownFieldsEverywhere_ArrivesWithOnlyTheImageChanged()
    {
        var node = await nodes.NodeAsync();
        var registry = await nodes.RegistryAsync();
        var repository = registry.NewRepository();
        var image = registry.Push(repository, "1", signed: true);
        using var gated = node.Tapped();
        node.Tap.Clear();

        Assert.Equal(0, (await gated.CallAsync(Pull, Request(repository + ":1"), Metadata, CancellationToken.None)).Status);

        var call = Assert.Single(node.Tap.Calls, call => call.Path == Pull);
        Assert.Equal(Request(image.Pinned), call.Message);
        Assert.All(Metadata, entry => Assert.Equal(entry.Value, call.Header(entry.Key)));

        // An allowed tag has no digest of ours: nothing at all is changed.
        var open = registry.NewRepository("open/");
        registry.Push(open, "1", signed: false);
        var (direct, arrived, _, _) = await node.ArrivalsAsync(Pull, Request(open + ":1"), Metadata);
        Assert.Equal(direct.Body, arrived.Body);
        Assert.Equal(direct.Headers, arrived.Headers);

        static byte[] Request(string image) => new ProtoWriter()
            .Varint(1000, 1)
            .Message(1, new ProtoWriter().Bytes(1001, [255, 0]).String(1, image).Map(2, [new("note", "a")]).String(18, "as-the-user-wrote-it").Fixed64(1002, 9))
            .Message(3, new CriPod("web", "prod") { Uid = "uid" }.ToMessage().String(1003, "unknown").Message(1004, new ProtoWriter().Varint(1, 1)))
            .String(1005, "unknown")
            .ToArray();
    }

    [RealPartTheory("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    [InlineData(List)]
    [InlineData(Status)]
    public async Task Answer_WithUnknownFieldsAndBinaryMetadata_ComesBackAsItWasGiven(string path)
    {
        var node = await nodes.NodeAsync();
        var message = new ProtoWriter().String(2000, "unknown").Fixed32(2001, 1).Map(2002, [new("info", "x")]).ToArray();
        KeyValuePair<string, string>[] headers = [new("x-head-bin", "AAEC/w"), new("x-head-bin", "/w")];
        KeyValuePair<string, string>[] trailers = [new("x-trail-bin", "3q2+7w"), new("x-trail-bin", ""), new("grpc-status-details-bin", "CAUSBG5vbmU"), new("grpc-message", "r%C3%A9sum%C3%A9")];
        node.Tap.Answer = async (call, context) =>
        {
            if (call.Path == path)
            {
                await ContainerdTap.ReplyAsync(context, message, headers, trailers);
            }

            return call.Path == path;
        };

        var (_, _, direct, gated) = await node.ArrivalsAsync(path, Named("example.invalid/none:1"));

        FidelityNode.AssertSame(direct, gated);
        Assert.Equal(message, gated.Message.ToArray());
        Assert.Contains(gated.Trailers, trailer => trailer is { Key: "grpc-status-details-bin", Value: "CAUSBG5vbmU" });
    }

    [RealPartTheory("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    [InlineData(List)]
    [InlineData(Status)]
    [InlineData(Pull)]
    public async Task Answer_ErrorWithDetails_ComesBackAsItWasGiven(string path)
    {
        var node = await nodes.NodeAsync();
        var open = (await nodes.RegistryAsync()).NewRepository("open/") + ":1";
        node.Tap.Answer = (_, context) =>
        {
            ContainerdTap.Fail(context, 14, "nothing%20there%3A r%C3%A9sum%C3%A9%0A", "CA4SBW5vbmU6GhUKE3R5cGUuZXhhbXBsZS9Ob3RoaW5n");
            return Task.FromResult(true);
        };

        var (_, _, direct, gated) = await node.ArrivalsAsync(path, Named(open));

        FidelityNode.AssertSame(direct, gated);
        Assert.Equal((14, true, "CA4SBW5vbmU6GhUKE3R5cGUuZXhhbXBsZS9Ob3RoaW5n"), (gated.Status, gated.IsTrailersOnly, gated.Header("grpc-status-details-bin")));
    }

    [RealPartFact("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    public async Task Answer_OfAPresentImageWithUnknownFields_ComesBackAsItWasGiven()
    {
        var node = await nodes.NodeAsync();
        var registry = await nodes.RegistryAsync();
        var repository = registry.NewRepository("open/");
        var id = registry.Push(repository, "1", signed: false).Id;
        var status = new ProtoWriter()
            .String(1999, "before")
            .Message(1, new ProtoWriter().String(1, id).Strings(2, [repository + ":1"]).String(1998, "within").Varint(4, 1))
            .Map(2, [new("info", "verbose")])
            .ToArray();
        var pull = new ProtoWriter().Fixed64(1997, 1).String(1, id).String(1996, "after").ToArray();
        node.Tap.Answer = async (call, context) =>
        {
            if (call.Path is not (Pull or Status))
            {
                return false;
            }

            await ContainerdTap.ReplyAsync(context, call.Path == Pull ? pull : status, [], [new("x-trail-bin", "3q2+7w")]);
            return true;
        };
        foreach (var (path, message) in new[] { (Pull, pull), (Status, status) })
        {
            var (_, _, direct, gated) = await node.ArrivalsAsync(path, Named(repository + ":1"));
            FidelityNode.AssertSame(direct, gated);
            Assert.Equal(message, gated.Message.ToArray());
        }
    }

    [RealPartTheory("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    [InlineData(List, 20, true)]
    [InlineData(List, 16, true)]
    [InlineData(Status, 16, true)]
    [InlineData(Status, 17, false)]
    public async Task Answer_Large_ComesBackUpToTheLimit(string path, int mebibytes, bool isTaken)
    {
        var node = await nodes.NodeAsync();
        var message = new ProtoWriter().Bytes(2000, new byte[(mebibytes * MiB) - 7]).ToArray();
        Random.Shared.NextBytes(message.AsSpan(8));
        node.Tap.Answer = async (call, context) =>
        {
            if (call.Path == path)
            {
                await ContainerdTap.ReplyAsync(context, message, [], []);
            }

            return call.Path == path;
        };

        var (_, _, direct, gated) = await node.ArrivalsAsync(path, Named("example.invalid/none:1"));

        if (isTaken)
        {
            FidelityNode.AssertSame(direct, gated);
            Assert.True(gated.Message.Span.SequenceEqual(message));
            return;
        }

        // As a client of grpc-go refuses it, whose limit is the kubelet's.
        Assert.Equal((8, $"grpc: received message larger than max ({message.Length} vs. {16 * MiB})"), (gated.Status, gated.StatusMessage));
    }

    [RealPartTheory("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    [InlineData("/runtime.v1.RuntimeService/GetContainerEvents")]
    [InlineData(List)]
    [InlineData(Status)]
    public async Task Call_Cancelled_EndsAtContainerd(string path)
    {
        var node = await nodes.NodeAsync();
        var arrived = HoldAt(node, path);
        using var gated = node.Tapped();
        using var cancel = new CancellationTokenSource();
        var call = gated.CallAsync(path, Named("example.invalid/none:1"), [], cancel.Token);
        var held = await arrived.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(held.Cancelled.Task.IsCompleted);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await held.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        node.Tap.Hold = null;
        Assert.Equal(0, (await gated.CallAsync(List, default)).Status); // The connection lives on.
    }

    [RealPartFact("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    public async Task Deadline_OfARelayedCall_ArrivesAsItWasSent()
    {
        var node = await nodes.NodeAsync();
        foreach (var timeout in new[] { "29999m", "2S", "99999999u" })
        {
            var (direct, gated, _, _) = await node.ArrivalsAsync(List, default, new KeyValuePair<string, string>("grpc-timeout", timeout));
            Assert.Equal((timeout, timeout), (direct.Header("grpc-timeout"), gated.Header("grpc-timeout")));
        }
    }

    [RealPartFact("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    public async Task Deadline_OfAGatedCall_IsSentOnAndAnsweredWhenItPasses()
    {
        var node = await nodes.NodeAsync();
        var arrived = HoldAt(node, Status);
        using var gated = node.Tapped();
        var call = gated.CallAsync(Status, Named("example.invalid/none:1"), [new("grpc-timeout", "700m")], CancellationToken.None);
        var held = await arrived.WaitAsync(TimeSpan.FromSeconds(20));

        var reply = await call.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((4, "context deadline exceeded", true), (reply.Status, reply.StatusMessage, reply.IsTrailersOnly));
        Assert.Matches("^[0-9]{1,8}[numS]$", held.Header("grpc-timeout"));
        await held.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static Task<TappedCall> HoldAt(FidelityNode node, string path)
    {
        var arrived = new TaskCompletionSource<TappedCall>(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Tap.Hold = async (call, moment, aborted) =>
        {
            if (call.Path == path && moment == TapMoment.Asked)
            {
                arrived.TrySetResult(call);
                await call.Cancelled.Task.WaitAsync(aborted);
            }
        };
        return arrived.Task;
    }

    private static byte[] Named(string image) => new ProtoWriter().Message(1, new ProtoWriter().String(1, image)).ToArray();
}
