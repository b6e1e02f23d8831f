using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class CriRouterTests
{
    private readonly Nothing _pull = new();
    private readonly Nothing _status = new();
    private readonly Nothing _create = new();
    private readonly Nothing _restore = new();
    private readonly Nothing _sandbox = new();
    private readonly CriRouter _router;
    private bool _judgesSandboxes;

    public CriRouterTests() => _router = new CriRouter(_pull, _status, _create, _restore, _sandbox, () => _judgesSandboxes);

    [Theory]
    [InlineData("/runtime.v1.")]
    [InlineData("/runtime.v1alpha2.")]
    public void Route_GatedMethods_AreGatedUnderBothPackages(string package)
    {
        Assert.Same(_pull, Assert.IsType<CallRoute.Gate>(_router.Route(package + "ImageService/PullImage")).Method);
        Assert.Same(_status, Assert.IsType<CallRoute.Gate>(_router.Route(package + "ImageService/ImageStatus")).Method);
        Assert.Same(_create, Assert.IsType<CallRoute.Gate>(_router.Route(package + "RuntimeService/CreateContainer")).Method);
        Assert.Same(_restore, Assert.IsType<CallRoute.Gate>(_router.Route(package + "RuntimeService/RestorePod")).Method);
    }

    [Theory]
    [InlineData("/runtime.v1.RuntimeService/RunPodSandbox")]
    [InlineData("/runtime.v1alpha2.RuntimeService/RunPodSandbox")]
    public void Route_RunPodSandbox_IsGatedOnlyWhereThePolicyWantsIt(string path)
    {
        Assert.IsType<CallRoute.Relay>(_router.Route(path));
        _judgesSandboxes = true;
        Assert.Same(_sandbox, Assert.IsType<CallRoute.Gate>(_router.Route(path)).Method);
    }

    [Theory]
    [InlineData("/runtime.v1.ImageService/ListImages")]
    [InlineData("/runtime.v1.ImageService/StreamImages")]
    [InlineData("/runtime.v1.ImageService/ImageFsInfo")]
    [InlineData("/runtime.v1.ImageService/RemoveImage")]
    [InlineData("/runtime.v1.ImageService/NotYetInvented_2")]
    [InlineData("/runtime.v1.ImageService/pullimage")]
    [InlineData("/runtime.v1alpha2.ImageService/ListImages")]
    [InlineData("/runtime.v1.RuntimeService/Version")]
    [InlineData("/runtime.v1.RuntimeService/GetContainerEvents")]
    [InlineData("/runtime.v1.RuntimeService/PullImage")]
    [InlineData("/runtime.v1.ImageService/CreateContainer")]
    [InlineData("/runtime.v1.RuntimeService/StartContainer")]
    [InlineData("/runtime.v1.RuntimeService/UpdateContainerResources")]
    [InlineData("/runtime.v1.RuntimeService/CheckpointContainer")]
    [InlineData("/runtime.v1.RuntimeService/CheckpointPod")]
    [InlineData("/runtime.v1alpha2.RuntimeService/RunPodSandbox")]
    public void Route_OtherMethodsOfTheTwoServices_AreRelayed(string path) => Assert.IsType<CallRoute.Relay>(_router.Route(path));

    [Theory]
    [InlineData("/containerd.services.images.v1.Images/Create", "unknown service containerd.services.images.v1.Images")]
    [InlineData("/containerd.services.content.v1.Content/Write", "unknown service containerd.services.content.v1.Content")]
    [InlineData("/containerd.services.transfer.v1.Transfer/Transfer", "unknown service containerd.services.transfer.v1.Transfer")]
    [InlineData("/containerd.services.tasks.v1.Tasks/Create", "unknown service containerd.services.tasks.v1.Tasks")]
    [InlineData("/grpc.health.v1.Health/Check", "unknown service grpc.health.v1.Health")]
    [InlineData("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "unknown service grpc.reflection.v1.ServerReflection")]
    [InlineData("/runtime.v2.ImageService/PullImage", "unknown service runtime.v2.ImageService")]
    [InlineData("/runtime.v1beta1.ImageService/PullImage", "unknown service runtime.v1beta1.ImageService")]
    [InlineData("/Runtime.v1.ImageService/PullImage", "unknown service Runtime.v1.ImageService")]
    [InlineData("/runtime.v1.imageservice/PullImage", "unknown service runtime.v1.imageservice")]
    [InlineData("/runtime.v1.ImageServiceX/PullImage", "unknown service runtime.v1.ImageServiceX")]
    [InlineData("/runtime.v1.ImageService/x/PullImage", "unknown service runtime.v1.ImageService/x")]
    [InlineData("//runtime.v1.ImageService/PullImage", "unknown service /runtime.v1.ImageService")]
    [InlineData("/./runtime.v1.ImageService/PullImage", "unknown service ./runtime.v1.ImageService")]
    [InlineData("/runtime%2Ev1.ImageService/PullImage", "unknown service runtime%2Ev1.ImageService")]
    [InlineData("/runtime.v1.ImageService/", "unknown method  for service runtime.v1.ImageService")]
    [InlineData("/runtime.v1.ImageService/Pull%49mage", "unknown method Pull%49mage for service runtime.v1.ImageService")]
    [InlineData("/runtime.v1.ImageService/PullImage?x", "unknown method PullImage?x for service runtime.v1.ImageService")]
    [InlineData("/runtime.v1.ImageService/PullImage ", "unknown method PullImage  for service runtime.v1.ImageService")]
    [InlineData("/runtime.v1.RuntimeService/Ver\u00ffsion", "unknown method Ver\u00ffsion for service runtime.v1.RuntimeService")]
    [InlineData("runtime.v1.ImageService/PullImage", "malformed method name: \"runtime.v1.ImageService/PullImage\"")]
    [InlineData("/PullImage", "malformed method name: \"/PullImage\"")]
    [InlineData("/", "malformed method name: \"/\"")]
    [InlineData("", "malformed method name: \"\"")]
    [InlineData("*", "malformed method name: \"*\"")]
    public void Route_EverythingElse_IsUnimplementedInGrpcGosWords(string path, string message)
    {
        var refusal = Assert.IsType<CallRoute.Refuse>(_router.Route(path));
        Assert.Equal((GrpcStatusCode.Unimplemented, message), (refusal.Status, refusal.Message));
    }

    [Fact]
    public void Route_EndlessName_IsCutInTheAnswer()
    {
        var refusal = Assert.IsType<CallRoute.Refuse>(_router.Route("/" + new string('x', 10_000) + "/M"));
        Assert.Equal($"unknown service {new string('x', CriLimits.MaxNameInAnswer)}…", refusal.Message);
    }

    [Fact]
    public void Route_ServedPath_AllocatesNothing()
    {
        string[] paths = ["/runtime.v1.RuntimeService/Version", "/runtime.v1.ImageService/ListImages", "/runtime.v1.ImageService/PullImage"];
        foreach (var path in paths)
        {
            _router.Route(path);
            var before = GC.GetAllocatedBytesForCurrentThread();
            _router.Route(path);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    private sealed class Nothing : IGatedMethod
    {
        public Task<GrpcReply> HandleAsync(GrpcRequest request, CancellationToken callAborted) =>
            Task.FromResult(GrpcReply.Error(GrpcStatusCode.Unknown, ""));
    }
}
