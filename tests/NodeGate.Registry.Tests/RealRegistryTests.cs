using System.Text.Json;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using Xunit.Abstractions;

namespace NodeGate.Registry.Tests;

/// <summary>Against the real docker-registry, and what real signers push into our own registry.</summary>
public sealed class RealRegistryTests(ITestOutputHelper output)
{
    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3")]
    public async Task Collect_DockerRegistry_FindsBothCosignsSignaturesWithinTheTarget()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        foreach (var major in (int[])[2, 3])
        {
            var repository = $"{registry.Host}/org/app{major}";
            await SignAsync(repository, major);
            using var sources = new Sources();

            Assert.InRange(await CollectAsync(sources, repository, "docker-registry, cosign " + major), 4, 6);
            Assert.InRange(await CollectAsync(sources, repository, "docker-registry again, cosign " + major), 4, 6);
        }
    }

    [RealPartFact("crane", "cosign-2", "cosign-3")]
    public async Task Collect_OwnRegistry_FindsBothCosignsSignaturesWithinTheTarget()
    {
        await using var registry = await TestRegistry.StartAsync();
        foreach (var major in (int[])[2, 3])
        {
            var repository = $"{registry.Host}/org/app{major}";
            await SignAsync(repository, major);
            using var sources = new Sources();

            Assert.InRange(await CollectAsync(sources, repository, "own registry, cosign " + major), 4, 6);
            Assert.InRange(await CollectAsync(sources, repository, "own registry again, cosign " + major), 4, 5);
        }
    }

    [RealPartFact("docker-registry", "crane")]
    public async Task ResolveAsync_DockerRegistryWithBasicAuth_TakesTheCallersCredentials()
    {
        await using var registry = await DockerRegistryProcess.StartAsync(new DockerRegistryOptions { BasicAuth = true });
        await using var folder = TestFolder.Create();
        folder.Write("config.json", $$"""{"auths":{"{{registry.Host}}":{"username":"{{DockerRegistryProcess.UserName}}","password":"{{DockerRegistryProcess.Password}}"} } }""");
        var digest = await Crane.MakeBusyboxImageAsync(registry.Host + "/org/app:v1", new ImageRecipe(), folder.Path);
        using var sources = new Sources();
        var reference = ImageReference.Parse(registry.Host + "/org/app:v1");
        var credential = new RegistryCredential { Username = DockerRegistryProcess.UserName, Password = DockerRegistryProcess.Password };

        var manifest = await sources.Factory.Open(reference, credential).ResolveAsync(reference, CancellationToken.None);
        var e = await Assert.ThrowsAsync<ContentException>(() => sources.Factory.Open(reference, null).ResolveAsync(reference, CancellationToken.None));

        Assert.Equal(digest, manifest.Descriptor.Digest.ToString());
        Assert.Equal(ContentFailure.Unauthorized, e.Failure);
    }

    [RealPartFact("crane", "oras")]
    public async Task ListReferrersAsync_OwnRegistry_AgreesWithOras()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersPageSize = 2 });
        var repository = registry.Host + "/org/app";
        var digest = await Crane.MakeBusyboxImageAsync(repository + ":v1");
        await using var folder = TestFolder.Create();
        for (var i = 0; i < 3; i++)
        {
            await Oras.AttachAsync($"{repository}@{digest}", "application/vnd.example.thing", folder.Write($"file{i}", $"content {i}"));
        }

        using var sources = new Sources();
        var listed = await sources.Open(repository + ":v1").ListReferrersAsync(Digest.Parse(digest), 10, CancellationToken.None);

        using var discovered = JsonDocument.Parse(await Oras.DiscoverAsync($"{repository}@{digest}"));
        Assert.Equal(
            discovered.RootElement.GetProperty("referrers").EnumerateArray().Select(item => item.GetProperty("digest").GetString()).Order(),
            listed.Select(descriptor => descriptor.Digest.ToString()).Order());
        Assert.Equal(3, listed.Count);
    }

    private static async Task SignAsync(string repository, int major)
    {
        var digest = await Crane.MakeBusyboxImageAsync(repository + ":v1");
        await using var cosign = Cosign.Version(major);
        await cosign.SignAsync($"{repository}@{digest}", await cosign.GenerateKeyPairAsync());
    }

    /// <summary>Collects as the gate does: referrers and the legacy tag side by side, then manifests, then blobs.</summary>
    private async Task<int> CollectAsync(Sources sources, string repository, string what)
    {
        var reference = ImageReference.Parse(repository + ":v1");
        var source = sources.Factory.Open(reference, null);
        var image = (await source.ResolveAsync(reference, CancellationToken.None)).Descriptor.Digest;
        var referrers = source.ListReferrersAsync(image, 64, CancellationToken.None);
        var legacy = source.FindManifestAsync($"sha256-{image.Hex}.sig", CancellationToken.None);
        var manifests = (await Task.WhenAll((await referrers).Select(referrer => source.FetchManifestAsync(referrer.Digest, CancellationToken.None)))).ToList();
        if (await legacy is { } found)
        {
            manifests.Add(found);
        }

        var layers = manifests.SelectMany(manifest => Manifest.Parse(manifest.Content, manifest.Descriptor.MediaType).Layers).ToList();
        Assert.NotEmpty(layers);
        await Task.WhenAll(layers.Select(layer => source.FetchBlobAsync(layer, 1 << 20, CancellationToken.None)));
        output.WriteLine($"{what}: {source.RequestCount} requests");
        return source.RequestCount;
    }
}
