using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>kubelet-observed.md section 2: what an error must look like on the wire for the kubelet to show its reason.</summary>
[Collection(KubeletDefinition.Name)]
public sealed class AnswerShapeTests(KubeletWorld world)
{
    private const string Version = "2.1";
    private static readonly byte OnlyFlags = RawHttp2.EndStream | 4;
    private readonly KubeletPod _pod = new("web", "prod");

    [RealPartFact("root", "containerd-2.1", "busybox", "nodegate")]
    public async Task PullImage_Refused_IsOneHeaderBlockAndNothingBehindIt()
    {
        var (image, _) = await world.PushAsync(isSigned: false);
        var request = new ProtoWriter().Message(1, _pod.Spec(image)).Message(3, _pod.SandboxConfig()).ToArray();

        var frames = await RawHttp2.CallAsync((await world.GateAsync(Version)).SocketPath, "/runtime.v1.ImageService/PullImage", request);

        AssertTrailersOnly(frames);
    }

    [RealPartTheory("root", "containerd-2.1", "busybox", "nodegate")]
    [InlineData("/runtime.v1.RuntimeService/ContainerStatus", "no-such-container")]
    [InlineData("/runtime.v1.RuntimeService/NoSuchMethod", "")]
    [InlineData("/runtime.v1.ImageService/PullImage", "127.0.0.1:1/A")]
    [InlineData("/runtime.v2.ImageService/PullImage", "")]
    public async Task Call_ErrorBeforeTheFirstMessage_IsOneHeaderBlockAndNothingBehindIt(string path, string text)
    {
        var isPull = path.EndsWith("PullImage", StringComparison.Ordinal);
        var request = isPull ? new ProtoWriter().Message(1, new ProtoWriter().String(1, text)) : new ProtoWriter().String(1, text);

        var frames = await RawHttp2.CallAsync((await world.GateAsync(Version)).SocketPath, path, request.ToArray());

        AssertTrailersOnly(frames);
    }

    [RealPartFact("root", "containerd-2.1", "busybox", "nodegate")]
    public async Task ImageStatus_Answered_IsHeadersDataTrailers()
    {
        var (image, _) = await world.PushAsync(isSigned: false);
        var request = new ProtoWriter().Message(1, _pod.Spec(image)).ToArray();

        var frames = await RawHttp2.CallAsync((await world.GateAsync(Version)).SocketPath, "/runtime.v1.ImageService/ImageStatus", request);

        Assert.Equal([RawHttp2.Headers, RawHttp2.Data, RawHttp2.Headers], frames.Select(frame => frame.Type));
        Assert.Equal([false, false, true], frames.Select(frame => (frame.Flags & RawHttp2.EndStream) != 0));
    }

    [RealPartFact("root", "containerd-2.1", "busybox", "nodegate")]
    public async Task PullImage_ReasonWithOtherScripts_ArrivesPercentEncoded()
    {
        const string Reason = "nicht erlaubt: Prüfung läuft noch, 100 % sicher ☃";
        var (image, _) = await world.PushAsync();
        await using var gate = await world.StartGateAsync(Version, await world.PolicyAsync($"  - {{name: never, images: [\"{image}\"], deny: {{reason: \"{Reason}\"}}}}"));
        using var kubelet = new KubeletClient(gate.SocketPath);

        var reply = await kubelet.PullAsync(_pod, image);

        Assert.Equal(2, reply.Status);
        Assert.StartsWith("SignatureValidationFailed: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Contains(Reason, reply.StatusMessage, StringComparison.Ordinal);
        var raw = reply.Trailing("grpc-message")!;
        Assert.All(raw, character => Assert.InRange(character, ' ', '~'));
        Assert.Contains("Pr%C3%BCfung l%C3%A4uft noch, 100 %25 sicher %E2%98%83", raw, StringComparison.Ordinal);
    }

    [RealPartFact("root", "containerd-2.1", "busybox", "nodegate")]
    public async Task PullImage_LineBreaksInTheName_ForgeNoSecondLine()
    {
        using var kubelet = new KubeletClient((await world.GateAsync(Version)).SocketPath);

        var reply = await kubelet.PullAsync(_pod, "127.0.0.1:1/app\nNormal Pulled\u001b[2J:1");

        Assert.Equal(3, reply.Status);
        Assert.DoesNotContain(reply.StatusMessage, char.IsControl);
        Assert.All(reply.Trailing("grpc-message")!, character => Assert.InRange(character, ' ', '~'));
    }

    [RealPartFact("root", "containerd-2.1", "busybox", "nodegate")]
    public async Task PullImage_EachFailure_HasTheKubeletsWordFirstOrNone()
    {
        var (image, _) = await world.PushAsync();
        var gone = "127.0.0.1:" + Probe.FreePort();
        await using var gate = await world.StartGateAsync(Version, await world.PolicyAsync($"  - {{name: gone, images: [\"{gone}/**\"], require: {{anyOf: [team]}}}}"));
        using var kubelet = new KubeletClient(gate.SocketPath);

        var unavailable = await kubelet.PullAsync(_pod, gone + "/app:1");
        var missing = await kubelet.PullAsync(_pod, image + ":no-such-tag");
        var unmatched = await kubelet.PullAsync(_pod, "nginx");

        Assert.Equal((2, 5, 2), (unavailable.Status, missing.Status, unmatched.Status));
        Assert.StartsWith($"RegistryUnavailable: {gone}/app:1: ", unavailable.StatusMessage, StringComparison.Ordinal);
        Assert.StartsWith($"{image}:no-such-tag: ImageNotFound: ", missing.StatusMessage, StringComparison.Ordinal);
        Assert.StartsWith("SignatureValidationFailed: nginx:latest: NoMatchingRule: ", unmatched.StatusMessage, StringComparison.Ordinal);
    }

    // Behind it only RST_STREAM with NO_ERROR may come: the request is not needed to its end (RFC 9113 section 8.1).
    private static void AssertTrailersOnly(IReadOnlyList<(byte Type, byte Flags, byte[] Payload)> frames)
    {
        Assert.Equal((RawHttp2.Headers, OnlyFlags), (frames[0].Type, frames[0].Flags));
        Assert.All(frames.Skip(1), frame => Assert.Equal((RawHttp2.Reset, 0), (frame.Type, frame.Payload.Sum(part => part))));
        Assert.InRange(frames.Count, 1, 2);
    }
}
