using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>The same answers for a client that shares no code with us (@grpc/grpc-js).</summary>
[Collection(FlowsDefinition.Name)]
public sealed class IndependentClientTests(FlowWorld world)
{
    [RealPartTheory("grpc-js", "root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullAsync_SignedAndUnsigned_SeesWhatOurClientSees(string version)
    {
        var node = await world.NodeAsync(version);
        var corpus = await world.CorpusAsync(FlowData.Fallback, 2);
        var js = new GrpcJsClient(node.Gate.SocketPath);
        using var cri = node.Gate.Cri();

        var pulled = await js.PullAsync(corpus.Signed.ByTag, "--namespace", "prod");
        Assert.Equal((0, ""), (pulled.Code, pulled.Details));
        var imageRef = pulled.Message.GetProperty("image_ref").GetString();
        var status = await js.StatusAsync(corpus.Signed.ByTag);
        Assert.Equal(imageRef, status.Message.GetProperty("image").GetProperty("id").GetString());
        Assert.Equal("1000", status.Message.GetProperty("image").GetProperty("uid").GetProperty("value").GetString());
        Assert.Contains(imageRef, (await js.ListAsync()).Message.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("id").GetString()));

        var own = await cri.TryPullImageAsync(corpus.Unsigned.ByTag, new CriPod("web", "prod"));
        var refused = await js.PullAsync(corpus.Unsigned.ByTag, "--namespace", "prod");
        Assert.Equal((2, own.StatusMessage), (refused.Code, refused.Details));
        var absent = await js.StatusAsync(corpus.Unsigned.ByTag);
        Assert.Equal(0, absent.Code);
        Assert.False(absent.Message.TryGetProperty("image", out _));
    }
}
