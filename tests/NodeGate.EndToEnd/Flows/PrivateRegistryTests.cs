using System.Text;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>A registry that wants a password: the gate has none of its own and uses those of the pull.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class PrivateRegistryTests(FlowWorld world)
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_PrivateRegistry_NeedsThePullsOwnCredentials(string version)
    {
        var node = await world.NodeAsync(version);
        var keys = await world.KeysAsync();
        await using var registry = await DockerRegistryProcess.StartAsync(new DockerRegistryOptions { BasicAuth = true });
        await using var folder = TestFolder.Create();
        var account = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DockerRegistryProcess.UserName}:{DockerRegistryProcess.Password}"));
        folder.Write("config.json", $"{{\"auths\":{{\"{registry.Host}\":{{\"auth\":\"{account}\"}}}}}}");
        var images = new List<FlowImage>();
        foreach (var major in new[] { 2, 3 })
        {
            var repository = $"{registry.Host}/private{major}";
            await using var cosign = Cosign.Version(major, folder.Path);
            images.Add(new FlowImage(repository, await Crane.MakeBusyboxImageAsync(repository + ":1", new ImageRecipe(), folder.Path)));
            await cosign.SignAsync(images[^1].ByDigest, keys.Release);
        }

        await using var gate = await node.StartGateAsync(FlowPolicy.Corpora(keys, [registry.Host]));
        using var cri = gate.Cri();
        foreach (var image in images)
        {
            var none = await cri.TryPullImageAsync(image.ByTag, Pod);
            var wrong = await cri.TryPullImageAsync(image.ByTag, Pod, DockerRegistryProcess.UserName, "guessed");
            Assert.Equal((none.Status, none.StatusMessage), (wrong.Status, wrong.StatusMessage));
            Assert.StartsWith(image.ByTag + ": Unauthorized: ", wrong.StatusMessage, StringComparison.Ordinal);
            Assert.Null(await node.Containerd.TargetOfAsync(image.ByTag));

            var imageRef = await cri.PullImageAsync(image.ByTag, Pod, DockerRegistryProcess.UserName, DockerRegistryProcess.Password);
            Assert.Equal(imageRef, (await cri.ImageStatusAsync(image.ByTag))?.Id);

            // The ledger knows the digest, but whether these credentials may read it is the registry's to say.
            var byDigest = await cri.TryPullImageAsync(image.ByDigest, Pod, DockerRegistryProcess.UserName, "guessed");
            Assert.NotEqual(0, byDigest.Status);
        }

        Assert.DoesNotContain("guessed", gate.Log() + File.ReadAllText(gate.AuditFile), StringComparison.Ordinal);
        Assert.DoesNotContain(DockerRegistryProcess.Password, gate.Log() + File.ReadAllText(gate.AuditFile), StringComparison.Ordinal);
    }
}
