using NodeGate.EndToEnd.Containers;
using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Indexes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Availability;

/// <summary><c>signatureRepository</c> against what cosign writes with COSIGN_REPOSITORY, on the image's registry and on another.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class SignatureRepositoryTests(FlowWorld world)
{
    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task PullImage_SignaturesElsewhere_CountThereAndOnlyThere(string version, int cosign)
    {
        await using var images = await DockerRegistryProcess.StartAsync();
        await using var other = await DockerRegistryProcess.StartAsync();
        var node = await world.NodeAsync(version);
        var key = (await world.KeysAsync()).Release;
        foreach (var signatures in new[] { images.Host + "/signatures", other.Host + "/signatures" })
        {
            await using var elsewhere = Cosign.Version(cosign, environment: new Dictionary<string, string?> { ["COSIGN_REPOSITORY"] = signatures });
            await using var gate = await node.StartGateAsync(Policy(key, images.Host, signatures));
            using var cri = gate.Cri();
            await using var pod = await RunningPod.StartAsync(cri, "prod");
            var prefix = $"{images.Host}/{Guid.NewGuid():N}";
            var (signed, beside) = (await PushAsync(prefix + "/signed"), await PushAsync(prefix + "/beside"));
            await elsewhere.SignAsync(signed.ByDigest, key);
            await (await world.CosignAsync(cosign)).SignAsync(beside.ByDigest, key);

            await pod.RunAsync(await pod.PullAsync(signed.ByTag), signed.ByTag);

            Assert.DoesNotContain(await Crane.TagsAsync(signed.Repository), tag => tag.StartsWith("sha256-", StringComparison.Ordinal));
            var refused = await cri.TryPullImageAsync(beside.ByTag);
            Assert.StartsWith($"SignatureValidationFailed: {beside.ByTag}: NoSignature: ", refused.StatusMessage, StringComparison.Ordinal);
        }
    }

    private static async Task<FlowImage> PushAsync(string repository) =>
        new(repository, await Crane.MakeBusyboxImageAsync(repository + ":1", new ImageRecipe { User = "1000" }));

    private static string Policy(CosignKeyPair key, string host, string signatures) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: elsewhere}
        unmatched: deny
        authorities:
          - name: release
            cosign: {keys: [{file: "{{key.PublicKey}}"}]}
        rules:
          - {name: elsewhere, images: ["{{host}}/**"], require: {anyOf: [release]}, signatureRepository: "{{signatures}}"}
        """;
}
