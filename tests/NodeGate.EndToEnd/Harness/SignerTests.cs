using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Harness;

/// <summary>Both cosign versions, oras and crane against docker-registry, without any service of the world.</summary>
public sealed class SignerTests
{
    [RealPartFact("cosign-2", "docker-registry", "crane", "busybox")]
    public async Task SignAsync_Cosign2_WritesSigTagThatItVerifies()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var cosign = Cosign.Version(2);
        var (signed, unsigned) = await TwoImagesAsync(registry);
        var key = await cosign.GenerateKeyPairAsync();

        await cosign.SignAsync(signed, key, "-a", "env=prod");

        Assert.Equal(0, (await cosign.VerifyAsync(signed, key, "-a", "env=prod")).ExitCode);
        Assert.NotEqual(0, (await cosign.VerifyAsync(unsigned, key)).ExitCode);
        Assert.Contains(signed.Split('@')[1].Replace(':', '-') + ".sig", await Crane.TagsAsync(registry.Host + "/app"));
    }

    [RealPartFact("cosign-3", "docker-registry", "crane", "busybox")]
    public async Task SignAsync_Cosign3_WritesBundleThatItVerifies()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var cosign = Cosign.Version(3);
        var (signed, unsigned) = await TwoImagesAsync(registry);
        var key = await cosign.GenerateKeyPairAsync();
        var other = await cosign.GenerateKeyPairAsync("other");

        await cosign.SignAsync(signed, key);

        Assert.Equal(0, (await cosign.VerifyAsync(signed, key)).ExitCode);
        Assert.NotEqual(0, (await cosign.VerifyAsync(signed, other)).ExitCode);
        Assert.NotEqual(0, (await cosign.VerifyAsync(unsigned, key)).ExitCode);
        var fallback = registry.Host + "/app:" + signed.Split('@')[1].Replace(':', '-');
        using var index = JsonDocument.Parse(await Crane.ManifestAsync(fallback));
        Assert.Single(index.RootElement.GetProperty("manifests").EnumerateArray());
    }

    [RealPartTheory("cosign-2", "cosign-3", "docker-registry", "crane", "busybox")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AttestAsync_Predicate_IsVerified(int major)
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var folder = TestFolder.Create();
        await using var cosign = Cosign.Version(major);
        var (image, _) = await TwoImagesAsync(registry);
        var key = await cosign.GenerateKeyPairAsync();

        await cosign.AttestAsync(image, key, folder.Write("predicate.json", """{"builder":"test"}"""), "https://nodegate.test/predicate/v1");

        var verified = await cosign.RunAsync(
            "verify-attestation", "--key", key.PublicKey, "--insecure-ignore-tlog=true", "--type", "https://nodegate.test/predicate/v1", image);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    [RealPartFact("cosign-3", "docker-registry", "crane", "busybox")]
    public async Task StartAsync_WithBasicAuth_AsksForCredentials()
    {
        await using var registry = await DockerRegistryProcess.StartAsync(new DockerRegistryOptions { BasicAuth = true });
        await using var folder = TestFolder.Create();
        var account = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{DockerRegistryProcess.UserName}:{DockerRegistryProcess.Password}"));
        folder.Write("config.json", $"{{\"auths\":{{\"{registry.Host}\":{{\"auth\":\"{account}\"}}}}}}");
        var reference = registry.Host + "/private:1";

        await Assert.ThrowsAsync<InvalidOperationException>(() => Crane.MakeBusyboxImageAsync(reference));
        var digest = await Crane.MakeBusyboxImageAsync(reference, new ImageRecipe(), folder.Path);
        await using var cosign = Cosign.Version(3, folder.Path);
        var key = await cosign.GenerateKeyPairAsync();
        await cosign.SignAsync($"{registry.Host}/private@{digest}", key);

        Assert.Equal(0, (await cosign.VerifyAsync($"{registry.Host}/private@{digest}", key)).ExitCode);
    }

    [RealPartFact("oras", "docker-registry", "crane", "busybox")]
    public async Task AttachAsync_Oras_IsDiscoveredThroughTheFallbackTag()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var folder = TestFolder.Create();
        var (image, _) = await TwoImagesAsync(registry);

        await Oras.AttachAsync(image, "application/vnd.nodegate.test", folder.Write("note.txt", "hello"));

        Assert.Contains("application/vnd.nodegate.test", await Oras.DiscoverAsync(image), StringComparison.Ordinal);
    }

    [RealPartFact("docker-registry", "crane", "busybox")]
    public async Task TagAsync_MovedTag_NamesTheOtherDigest()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        var (first, second) = await TwoImagesAsync(registry);

        await Crane.TagAsync(first, "moving");
        Assert.Equal(first.Split('@')[1], await Crane.DigestAsync(registry.Host + "/app:moving"));
        await Crane.TagAsync(second, "moving");
        Assert.Equal(second.Split('@')[1], await Crane.DigestAsync(registry.Host + "/app:moving"));
        Assert.NotEqual(second.Split('@')[1], await Crane.MutateAsync(second, registry.Host + "/app:user", "--user", "1000"));
    }

    private static async Task<(string First, string Second)> TwoImagesAsync(DockerRegistryProcess registry)
    {
        var first = await Crane.MakeBusyboxImageAsync(registry.Host + "/app:1");
        var second = await Crane.MakeBusyboxImageAsync(registry.Host + "/app:2", new ImageRecipe { DockerMediaTypes = true });
        return ($"{registry.Host}/app@{first}", $"{registry.Host}/app@{second}");
    }
}
