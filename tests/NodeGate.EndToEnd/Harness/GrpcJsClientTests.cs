using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Harness;

/// <summary>The independent client and ours see the same answers.</summary>
public sealed class GrpcJsClientTests
{
    [RealPartFact("grpc-js", "root", "containerd-2.1", "docker-registry", "crane", "busybox")]
    public async Task EveryCommand_AgainstContainerd_AgreesWithOurClient()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var containerd = await ContainerdProcess.StartAsync("2.1");
        using var cri = containerd.Cri();
        var js = new GrpcJsClient(containerd.SocketPath);
        var reference = registry.Host + "/app:1";
        await Crane.MakeBusyboxImageAsync(reference);

        var pulled = await js.PullAsync(reference, "--namespace", "prod", "--metadata", "x-trace=1", "--metadata", "x-trace-bin=00ff");
        Assert.Equal(0, pulled.Code);
        var image = await cri.ImageStatusAsync(reference);
        Assert.Equal(image?.Id, pulled.Message.GetProperty("image_ref").GetString());
        var status = await js.StatusAsync(reference);
        Assert.Equal(image?.Id, status.Message.GetProperty("image").GetProperty("id").GetString());
        Assert.NotEmpty((await js.ListAsync()).Message.GetProperty("images").EnumerateArray());

        var raw = await js.RawAsync("/runtime.v1.RuntimeService/Version", default);
        var own = await cri.CallAsync("/runtime.v1.RuntimeService/Version", default);
        Assert.Equal(Convert.ToHexStringLower(own.Message.Span), raw.Message.GetString());
        var unknown = await js.RawAsync("/runtime.v1.RuntimeService/NoSuchMethod", default);
        var ownUnknown = await cri.CallAsync("/runtime.v1.RuntimeService/NoSuchMethod", default);
        Assert.Equal((12, unknown.Details), (unknown.Code, ownUnknown.StatusMessage));
        Assert.Equal(12, ownUnknown.Status);
        Assert.True(ownUnknown.IsTrailersOnly);
    }

    [RealPartFact("grpc-js", "root", "containerd-2.1", "docker-registry")]
    public async Task PullAsync_MissingImage_HasCodeAndText()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var containerd = await ContainerdProcess.StartAsync("2.1");
        using var cri = containerd.Cri();

        var js = await new GrpcJsClient(containerd.SocketPath).PullAsync(registry.Host + "/absent:1");
        var own = await cri.TryPullImageAsync(registry.Host + "/absent:1");

        Assert.Equal(own.Status, js.Code);
        Assert.Equal(5, js.Code);
        Assert.Equal(own.StatusMessage, js.Details);
    }
}
