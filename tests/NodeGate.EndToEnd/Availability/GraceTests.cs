using NodeGate.EndToEnd.Containers;
using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Indexes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Availability;

/// <summary>Real pods of images whose admission has lapsed, while their registry is away and after it is back (<c>cache.graceFor</c>).</summary>
[Collection(FlowsDefinition.Name)]
public sealed class GraceTests(FlowWorld world)
{
    private const string Lapsing = "cache: {admittedFor: 1ms, graceFor: 1h, deniedFor: 1ms}";

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [MemberData(nameof(IndexesData.Nodes), MemberType = typeof(IndexesData))]
    public async Task CreateContainer_AdmissionHasLapsedAndRegistryIsOff_RunsOnlyWhereTheRuleAllowsGrace(string version, int cosign)
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        var node = await world.NodeAsync(version);
        var keys = await world.KeysAsync();
        await using var gate = await node.StartGateAsync(Policy(keys, registry.Host), Lapsing);
        var kept = await PushAsync(registry.Host + "/kept/app", cosign, keys);
        var plain = await PushAsync(registry.Host + "/plain/app", cosign, keys);
        string keptId, plainId;
        using (var before = gate.Cri())
        {
            (keptId, plainId) = (await before.PullImageAsync(kept.ByTag), await before.PullImageAsync(plain.ByTag));
        }

        await registry.StopAsync();
        await gate.KillAsync();
        await gate.RestartAsync();
        using var cri = gate.Cri();
        await using (var pod = await RunningPod.StartAsync(cri, "prod"))
        {
            await pod.RefusedAsync($"RegistryUnavailable: {plain.ByTag}: ", plainId, plain.ByTag);
            await pod.RunAsync(keptId, kept.ByTag);
        }

        var line = await gate.AuditLineAsync(line => line.GetProperty("event").GetString() == "createContainer" && line.GetProperty("image").GetString() == kept.ByTag);
        Assert.Contains("cache.graceFor", line.GetProperty("message").GetString(), StringComparison.Ordinal);

        // Back, without the signature: that is an answer, and the next outage does not take it back.
        await registry.RestartAsync();
        var signatures = $"{kept.Repository}@{await Crane.DigestAsync($"{kept.Repository}:{kept.Digest.Replace(':', '-')}{(cosign == 2 ? ".sig" : "")}")}";
        (await Crane.RunAsync(["delete", signatures])).EnsureSuccess();
        await using var last = await RunningPod.StartAsync(cri, "prod");
        await last.RefusedAsync($"SignatureValidationFailed: {kept.ByTag}: NoSignature: ", keptId, kept.ByTag);
        await registry.StopAsync();
        await last.RefusedAsync($"RegistryUnavailable: {kept.ByTag}: ", keptId, kept.ByTag);
    }

    private async Task<FlowImage> PushAsync(string repository, int cosign, FlowKeys keys)
    {
        var image = new FlowImage(repository, await Crane.MakeBusyboxImageAsync(repository + ":1", new ImageRecipe { User = "1000" }));
        await (await world.CosignAsync(cosign)).SignAsync(image.ByDigest, keys.Release);
        return image;
    }

    private static string Policy(FlowKeys keys, string host) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: grace}
        unmatched: deny
        authorities:
          - name: release
            cosign: {keys: [{file: "{{keys.Release.PublicKey}}"}]}
        rules:
          - {name: kept, images: ["{{host}}/kept/**"], require: {anyOf: [release]}, grace: allow}
          - {name: plain, images: ["{{host}}/plain/**"], require: {anyOf: [release]} }
        """;
}
