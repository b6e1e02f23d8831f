using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Registry;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;

namespace NodeGate.Gate.Tests;

/// <summary>issue 2, Must show 8, with the real client on the wire: cold at most 6 requests; warm by tag 1, by digest 0.</summary>
public sealed class RequestCountTests
{
    [Theory]
    [InlineData("release", true, true, true, 7, 6)]
    [InlineData("release", true, true, false, 6, 5)]
    [InlineData("release", true, false, true, 5, 4)]
    [InlineData("release", false, true, true, 7, 6)]
    [InlineData("release", false, true, false, 6, 5)]
    [InlineData("release", false, false, true, 5, 5)]
    [InlineData("ci", true, true, true, 7, 6)]
    [InlineData("ci", true, true, false, 6, 5)]
    [InlineData("ci", true, false, true, 5, 4)]
    [InlineData("ci", false, true, true, 7, 6)]
    [InlineData("ci", false, true, false, 6, 5)]
    [InlineData("ci", false, false, true, 5, 5)]
    public async Task Requests_ColdAndWarm_AreAsFewAsTheyCanBe(string authority, bool hasReferrersApi, bool bundle, bool legacy, int firstContact, int cold)
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = hasReferrersApi });
        using var fixture = new GateFixture(GateFixture.Document("enforce", "deny",
            $"  - {{name: all, images: [\"{registry.Host}/**\"], require: {{anyOf: [{authority}, other]}}}}"));
        await using var sources = new RegistryImageSourceFactory(
            new RegistryOptions { CertsDir = fixture.LedgerFolder, PlainHttp = [registry.Host] }, TimeProvider.System, NullLogger<RegistryImageSourceFactory>.Instance);
        var gate = fixture.Build(sources);

        // The very first image from a host: whether it has the referrers API is not known, so both ways are asked in one round.
        Push(registry, authority, "1", bundle, legacy);
        Assert.IsType<Decision.Admitted>(await AskAsync(gate, $"{registry.Host}/org/app:1"));
        Assert.InRange(registry.Requests.Count, cold, firstContact);

        registry.ClearRequests();
        var digest = Push(registry, authority, "2", bundle, legacy);
        Assert.IsType<Decision.Admitted>(await AskAsync(gate, $"{registry.Host}/org/app:2"));
        Assert.Equal(cold, registry.Requests.Count);

        registry.ClearRequests();
        Assert.IsType<Decision.Admitted>(await AskAsync(gate, $"{registry.Host}/org/app:2"));
        Assert.Single(registry.Requests);

        registry.ClearRequests();
        Assert.IsType<Decision.Admitted>(await AskAsync(gate, $"{registry.Host}/org/app@{digest}"));
        Assert.Empty(registry.Requests);
    }

    private static Task<Decision> AskAsync(ImageGate gate, string image) =>
        gate.DecideAsync(new GateRequest { Image = image }, CancellationToken.None);

    private static Digest Push(TestRegistry registry, string authority, string tag, bool bundle, bool legacy)
    {
        var config = registry.Store.PutBlob("org/app", System.Text.Encoding.UTF8.GetBytes("confi" + tag));
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = new JsonObject { ["mediaType"] = "application/vnd.oci.image.config.v1+json", ["digest"] = config.ToString(), ["size"] = 6 },
            ["layers"] = new JsonArray(),
        };
        var content = System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString());
        var digest = registry.Store.PutManifest("org/app", MediaTypes.OciManifest, content, tag);
        if (bundle)
        {
            var signature = Bundles.ToBytes(authority == "ci" ? VirtualSigstore.Default.Signature(digest) : Bundles.Signature(GateFixture.Key, digest));
            var referrer = SignatureArtifact.Referrer(signature, new Descriptor(MediaTypes.OciManifest, digest, content.Length));
            Put(registry, referrer, null);
            PutFallback(registry, digest, referrer);
        }

        if (legacy)
        {
            var repository = $"{registry.Host}/org/app";
            var signature = authority == "ci" ? VirtualSigstore.Default.LegacySignature(repository, digest) : LegacySignature.Of(GateFixture.Key, repository, digest);
            Put(registry, SignatureArtifact.Legacy(signature), SignatureArtifact.LegacyTag(digest));
        }

        return digest;
    }

    private static void Put(TestRegistry registry, SignatureArtifact artifact, string? tag)
    {
        foreach (var blob in artifact.Blobs)
        {
            registry.Store.PutBlob("org/app", blob);
        }

        registry.Store.PutManifest("org/app", MediaTypes.OciManifest, artifact.Manifest, tag);
    }

    /// <summary>Where a registry has no referrers API, whoever signs keeps the list itself. One with the API does not have this tag.</summary>
    private static void PutFallback(TestRegistry registry, Digest image, SignatureArtifact referrer)
    {
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JsonArray(new JsonObject
            {
                ["mediaType"] = MediaTypes.OciManifest,
                ["digest"] = referrer.Digest.ToString(),
                ["size"] = referrer.Manifest.Length,
                ["artifactType"] = "application/vnd.oci.empty.v1+json",
            }),
        };
        registry.Store.PutManifest(
            "org/app", MediaTypes.OciIndex, System.Text.Encoding.UTF8.GetBytes(index.ToJsonString()), SignatureArtifact.FallbackTag(image));
    }
}
