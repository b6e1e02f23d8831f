using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Flows;

/// <summary>containerd's certs.d: the gate asks where containerd would pull.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class HostsFileTests(FlowWorld world)
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_AliasWithADeadMirrorFirst_IsJudgedAndPulledFromTheSecond(string version)
    {
        const string Alias = "images.nodegate.test";
        var node = await world.NodeAsync(version);
        var registry = await world.RegistryAsync();
        var (bundle, legacy, unsigned) = (world.NewRepository(), world.NewRepository(), world.NewRepository());
        registry.AddBundle(bundle, await registry.AddImageAsync(bundle, "1"), world.Team);
        registry.AddLegacySignature(legacy, await registry.AddImageAsync(legacy, "1"), world.Team);
        await registry.AddImageAsync(unsigned, "1");
        var hosts = Path.Combine(Directory.CreateDirectory(Path.Combine(node.Containerd.CertsDir, Alias)).FullName, "hosts.toml");
        await File.WriteAllTextAsync(hosts, $"""
            server = "http://127.0.0.1:{Probe.FreePort()}"
            [host."http://127.0.0.1:{Probe.FreePort()}"]
              capabilities = ["pull", "resolve"]
            [host."{registry.Url}"]
              capabilities = ["pull", "resolve"]
            """);
        await using var gate = await node.StartGateAsync(await world.PolicyAsync($$"""
              - {name: alias, images: ["{{Alias}}/**"], require: {anyOf: [team]} }
              - {name: renamed, images: ["{{Alias}}/{{legacy}}"], require: {anyOf: [team]}, signedRepository: "{{registry.Host}}/{{legacy}}"}
            """));
        using var cri = gate.Cri();
        registry.ClearRequests();

        foreach (var repository in new[] { bundle, legacy })
        {
            var imageRef = await cri.PullImageAsync($"{Alias}/{repository}:1", Pod);
            var status = await cri.ImageStatusAsync($"{Alias}/{repository}:1");
            Assert.Equal(imageRef, status?.Id);
            Assert.Equal([$"{Alias}/{repository}:1"], status!.RepoTags);
        }

        var refused = await cri.TryPullImageAsync($"{Alias}/{unsigned}:1", Pod);

        // The server behind the mirrors cannot be asked, and it could have the signature that they have not: refused, but not as unsigned.
        Assert.StartsWith($"RegistryUnavailable: {Alias}/{unsigned}:1: RegistryUnavailable: ", refused.StatusMessage, StringComparison.Ordinal);
        Assert.Contains(registry.Requests, request => request.Headers.GetValueOrDefault("user-agent") == "nodegate" && request.Query.Contains("ns=" + Alias, StringComparison.Ordinal));
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_LegacySignatureNamesAnotherRepository_IsRefusedWithoutARuleForIt(string version)
    {
        const string Alias = "copies.nodegate.test";
        var node = await world.NodeAsync(version);
        var registry = await world.RegistryAsync();
        var repository = world.NewRepository();
        registry.AddLegacySignature(repository, await registry.AddImageAsync(repository, "1"), world.Team);
        var hosts = Path.Combine(Directory.CreateDirectory(Path.Combine(node.Containerd.CertsDir, Alias)).FullName, "hosts.toml");
        await File.WriteAllTextAsync(hosts, $"server = \"{registry.Url}\"\n");
        await using var gate = await node.StartGateAsync(await world.PolicyAsync($$"""
              - {name: alias, images: ["{{Alias}}/**"], require: {anyOf: [team]} }
            """));
        using var cri = gate.Cri();

        var refused = await cri.TryPullImageAsync($"{Alias}/{repository}:1", Pod);

        Assert.StartsWith($"SignatureValidationFailed: {Alias}/{repository}:1: SignatureInvalid: ", refused.StatusMessage, StringComparison.Ordinal);
    }
}
