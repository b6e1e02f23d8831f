using System.Text.Json;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Flows;

/// <summary>What a policy can say, each with each containerd; signatures are made in this process, requests are counted by the registry.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class PolicyFlowTests(FlowWorld world)
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_AllowOrDenyByRule_ContactsNoRegistry(string version)
    {
        var node = await world.NodeAsync(version);
        var registry = await world.RegistryAsync();
        var (allowed, denied) = (world.NewRepository(), world.NewRepository());
        var image = await registry.AddImageAsync(allowed, "1");
        await registry.AddImageAsync(denied, "1");
        await using var gate = await node.StartGateAsync(await world.PolicyAsync($$"""
              - {name: free, images: ["{{registry.Host}}/{{allowed}}"], allow: {reason: "needs no signature"} }
              - {name: never, images: ["{{registry.Host}}/{{denied}}:1"], deny: {reason: "floating tag"} }
            """));
        using var cri = gate.Cri();
        registry.ClearRequests();

        var imageRef = await cri.PullImageAsync($"{registry.Host}/{allowed}:1", Pod);
        var reply = await cri.TryPullImageAsync($"{registry.Host}/{denied}:1", Pod);

        Assert.Equal(imageRef, (await cri.ImageStatusAsync($"{registry.Host}/{allowed}:1"))?.Id);
        Assert.Equal(image.Digest.ToString(), await node.Containerd.TargetOfAsync($"{registry.Host}/{allowed}:1"));
        Assert.Equal(2, reply.Status);
        Assert.StartsWith($"SignatureValidationFailed: {registry.Host}/{denied}:1: DeniedByRule: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Contains("floating tag", reply.StatusMessage, StringComparison.Ordinal);
        Assert.NotEmpty(registry.Requests);
        Assert.DoesNotContain(registry.Requests, request => IsFromGate(request) || request.Path.Contains(denied, StringComparison.Ordinal));
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_RegistryStopped_IsForwardedWhenAllowedAndUnavailableWhenSignaturesAreNeeded(string version)
    {
        var node = await world.NodeAsync(version);
        var stopped = "127.0.0.1:" + Probe.FreePort();
        await using var gate = await node.StartGateAsync(await world.PolicyAsync($$"""
              - {name: free, images: ["{{stopped}}/free"], allow: {reason: "needs no signature"} }
              - {name: signed, images: ["{{stopped}}/signed"], require: {anyOf: [team]} }
            """));
        using var cri = gate.Cri();
        using var direct = node.Containerd.Cri();

        var forwarded = await cri.TryPullImageAsync(stopped + "/free:1", Pod);
        var refused = await cri.TryPullImageAsync(stopped + "/signed:1", Pod);

        // containerd's own words: the gate had nothing to ask.
        var expected = await direct.TryPullImageAsync(stopped + "/free:1", Pod);
        Assert.Equal((expected.Status, expected.StatusMessage), (forwarded.Status, forwarded.StatusMessage));
        Assert.Equal(2, refused.Status);
        Assert.StartsWith($"RegistryUnavailable: {stopped}/signed:1: RegistryUnavailable: ", refused.StatusMessage, StringComparison.Ordinal);
        var lines = gate.AuditLines().Where(line => line.GetProperty("event").GetString() == "pull").ToArray();
        Assert.Equal(["Admitted", "Undetermined"], lines.Select(line => line.GetProperty("decision").GetString()));
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_RuleForNamespaces_HoldsForThePodsNamespaceOnly(string version)
    {
        var node = await world.NodeAsync(version);
        var registry = await world.RegistryAsync();
        var repository = world.NewRepository();
        var reference = $"{registry.Host}/{repository}:1";
        await registry.AddImageAsync(repository, "1");
        await using var gate = await node.StartGateAsync(await world.PolicyAsync($$"""
              - {name: prod, images: ["{{registry.Host}}/{{repository}}"], namespaces: {include: ["prod-*"], exclude: ["prod-sandbox"]}, require: {anyOf: [team]} }
              - {name: rest, images: ["{{registry.Host}}/{{repository}}"], allow: {reason: "outside production"} }
            """));
        using var cri = gate.Cri();

        Assert.Equal(2, (await cri.TryPullImageAsync(reference, new CriPod("web", "prod-eu"))).Status);
        Assert.Equal(0, (await cri.TryPullImageAsync(reference, new CriPod("web", "prod-sandbox"))).Status);
        Assert.Equal(0, (await cri.TryPullImageAsync(reference, new CriPod("web", "test"))).Status);
        Assert.Equal(2, (await cri.TryPullImageAsync(reference, new CriPod("web", "prod-us"))).Status);

        var pulls = gate.AuditLines().Where(line => line.GetProperty("event").GetString() == "pull")
            .Select(line => (line.GetProperty("namespace").GetString(), line.GetProperty("rule").GetString(), line.GetProperty("decision").GetString()));
        Assert.Equal(
            [("prod-eu", "prod", "Denied"), ("prod-sandbox", "rest", "Admitted"), ("test", "rest", "Admitted"), ("prod-us", "prod", "Denied")], pulls);
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_AuditMode_LetsThroughAndRecordsDenied(string version)
    {
        var node = await world.NodeAsync(version);
        var registry = await world.RegistryAsync();
        var repository = world.NewRepository();
        var reference = $"{registry.Host}/{repository}:1";
        var image = await registry.AddImageAsync(repository, "1");
        await using var gate = await node.StartGateAsync(await world.PolicyAsync(head: "mode: audit"));
        using var cri = gate.Cri();

        var imageRef = await cri.PullImageAsync(reference, Pod);

        var status = await cri.ImageStatusAsync(reference);
        Assert.Equal(imageRef, status?.Id);
        Assert.Equal([reference], status!.RepoTags);
        var line = Assert.Single(gate.AuditLines(), line => line.GetProperty("event").GetString() == "pull");
        Assert.Equal(
            ("Denied", "NoSignature", "audit", image.Digest.ToString()),
            (line.GetProperty("decision").GetString(), line.GetProperty("reason").GetString(), line.GetProperty("mode").GetString(), line.GetProperty("digest").GetString()));
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_PolicyChangedOnDisk_HoldsWithinFiveSecondsAndABadOneKeepsTheLastGood(string version)
    {
        var node = await world.NodeAsync(version);
        var registry = await world.RegistryAsync();
        var repository = world.NewRepository();
        var reference = $"{registry.Host}/{repository}:1";
        await registry.AddImageAsync(repository, "1");
        await using var gate = await node.StartGateAsync(await world.PolicyAsync());
        using var cri = gate.Cri();
        Assert.Equal(2, (await cri.TryPullImageAsync(reference, Pod)).Status);

        // Bad first: what it would have allowed stays refused, and that it was not taken is said twice.
        gate.WritePolicy((await world.PolicyAsync(head: "unmatched: allow")).Replace("require:", "requires:", StringComparison.Ordinal));
        var rejected = await gate.AuditLineAsync(line => IsReload(line) && line.GetProperty("message").GetString()!.Contains("requires", StringComparison.Ordinal));
        await gate.LoggedAsync("requires");
        Assert.Equal(2, (await cri.TryPullImageAsync(reference, Pod)).Status);

        var started = TimeProvider.System.GetTimestamp();
        gate.WritePolicy(await world.PolicyAsync($$"""
              - {name: free, images: ["{{registry.Host}}/{{repository}}"], allow: {reason: "for now"} }
            """));
        await Eventually.TrueAsync("the new policy holds", async () => (await cri.TryPullImageAsync(reference, Pod)).Status == 0);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));

        var loaded = await gate.AuditLineAsync(line => IsReload(line) && line.GetProperty("seq").GetInt64() > rejected.GetProperty("seq").GetInt64());
        Assert.NotEqual(rejected.GetProperty("policyRevision").GetString(), loaded.GetProperty("policyRevision").GetString());
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RestartAsync_LedgerKept_ShowsAdmittedImagesAndForwardsPullsByDigestWithoutTheRegistry(string version)
    {
        var node = await world.NodeAsync(version);
        var repository = world.NewRepository();
        await using var registry = await TestRegistry.StartAsync();
        var reference = $"{registry.Host}/{repository}";
        var image = await registry.AddImageAsync(repository, "1");
        registry.AddBundle(repository, image, world.Team);
        await using var gate = await node.StartGateAsync(await world.PolicyAsync($$"""
              - {name: other, images: ["{{registry.Host}}/**"], require: {anyOf: [team]} }
            """));
        using var cri = gate.Cri();
        var imageRef = await cri.PullImageAsync(reference + ":1", Pod);

        await gate.RestartAsync();
        registry.ClearRequests();

        // By digest: forwarded with the registry's leave, but the gate itself asks nothing.
        Assert.Equal(imageRef, await cri.PullImageAsync($"{reference}@{image.Digest}", Pod));
        Assert.NotEmpty(registry.Requests);
        Assert.DoesNotContain(registry.Requests, IsFromGate);

        await registry.DisposeAsync();
        foreach (var asked in new[] { reference + ":1", $"{reference}@{image.Digest}", imageRef })
        {
            Assert.Equal(imageRef, (await cri.ImageStatusAsync(asked))?.Id);
        }

        // Forwarded all the same: the failure is containerd's.
        using var direct = node.Containerd.Cri();
        var reply = await cri.TryPullImageAsync($"{reference}@{image.Digest}", Pod);
        var expected = await direct.TryPullImageAsync($"{reference}@{image.Digest}", Pod);
        Assert.Equal((expected.Status, expected.StatusMessage), (reply.Status, reply.StatusMessage));
        var line = gate.AuditLines().Last(line => line.GetProperty("event").GetString() == "pull");
        Assert.Equal(("Admitted", true), (line.GetProperty("decision").GetString(), line.GetProperty("cached").GetBoolean()));
    }

    private static bool IsReload(JsonElement line) => line.GetProperty("event").GetString() == "policyReload";

    private static bool IsFromGate(LoggedRequest request) => request.Headers.GetValueOrDefault("user-agent") == "nodegate";
}
