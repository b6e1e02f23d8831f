using System.Text;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>Several pull secrets: the kubelet compares the texts, and takes a good pull as proof (kubelet-observed.md sections 1 and 2).</summary>
[Collection(KubeletDefinition.Name)]
public sealed class CredentialTests(KubeletWorld world)
{
    private static readonly (string Name, string Password)[] Users = [("user-one", "one"), ("user-two", "two")];
    private readonly KubeletPod _pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_UnsignedWithTwoSecrets_IsRefusedWithTheSameBytes(string version)
    {
        await using var registry = await PrivateAsync();
        await registry.AddImageAsync("private/app", "latest");
        await using var gate = await GateAsync(version, registry);
        using var kubelet = new KubeletClient(gate.SocketPath);

        var replies = new List<CriReply>();
        foreach (var user in Users)
        {
            replies.Add(await kubelet.PullAsync(_pod, registry.Host + "/private/app", user));
        }

        Assert.StartsWith($"SignatureValidationFailed: {registry.Host}/private/app:latest: NoSignature: ", replies[0].StatusMessage, StringComparison.Ordinal);
        Assert.Equal(replies[0].Trailing("grpc-message"), replies[1].Trailing("grpc-message"));
        Assert.Equal((2, 2), (replies[0].Status, replies[1].Status));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_TwoWrongSecrets_AreRefusedWithTheSameBytes(string version)
    {
        await using var registry = await PrivateAsync();
        await registry.AddImageAsync("private/app", "latest");
        await using var gate = await GateAsync(version, registry);
        using var kubelet = new KubeletClient(gate.SocketPath);

        var first = await kubelet.PullAsync(_pod, registry.Host + "/private/app", ("user-three", "wrong-three"));
        var second = await kubelet.PullAsync(_pod, registry.Host + "/private/app", ("user-four", "wrong-four"));

        Assert.StartsWith($"{registry.Host}/private/app:latest: Unauthorized: ", first.StatusMessage, StringComparison.Ordinal);
        Assert.Equal(first.Trailing("grpc-message"), second.Trailing("grpc-message"));
        Assert.DoesNotContain("wrong-", first.StatusMessage, StringComparison.Ordinal);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_PresentButWithoutTheSecret_IsNotAnsweredFromMemory(string version)
    {
        await using var registry = await PrivateAsync();
        var image = registry.Host + "/private/app";
        var pushed = await registry.AddImageAsync("private/app", "latest", new ImageRecipe { User = "1000" });
        world.Sign(registry, "private/app", pushed);
        await using var gate = await GateAsync(version, registry);
        using var kubelet = new KubeletClient(gate.SocketPath);
        var good = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent, Users[0]);
        Assert.Equal(1000, good.ForUser?.Uid);

        // Another tenant's pod without the secret: present, then a pull all the same, which only the registry may answer.
        Assert.NotNull(await kubelet.StatusBeforeAsync(new KubeletPod("other", "tenant-b"), image));
        Assert.NotEqual(0, (await kubelet.PullAsync(new KubeletPod("other", "tenant-b"), image)).Status);
        Assert.NotEqual(0, (await kubelet.PullAsync(new KubeletPod("other", "tenant-b"), $"{image}@{pushed.Digest}")).Status);
        Assert.Equal(0, (await kubelet.PullAsync(new KubeletPod("other", "tenant-c"), image, Users[1])).Status);
    }

    // Two accounts, which one registry option cannot say.
    private static async Task<TestRegistry> PrivateAsync()
    {
        var registry = await TestRegistry.StartAsync();
        registry.Intercept = context =>
        {
            var authorization = context.Request.Headers.Authorization.ToString();
            if (Users.Any(user => authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Name}:{user.Password}"))))
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"nodegate-test\"";
            return Task.FromResult(true);
        };
        return registry;
    }

    private async Task<NodeGateProcess> GateAsync(string version, TestRegistry registry) => await world.StartGateAsync(
        version,
        await world.PolicyAsync($"  - {{name: private, images: [\"{registry.Host}/**\"], require: {{anyOf: [team]}}}}"));
}
