using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Time;

namespace NodeGate.Registry.Tests;

public sealed class ReferrersTests
{
    private const string Repository = "org/app";

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 7)]
    [InlineData(false, 3)]
    public async Task ListReferrersAsync_ApiOrTag_GivesAllInOrder(bool api, int count)
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = api, ReferrersPageSize = 2 });
        using var sources = new Sources(plainHttp: registry.Host);
        var subject = registry.Store.PutImage(Repository);
        var expected = Enumerable.Range(0, count).Select(i => registry.Store.PutReferrer(Repository, subject, "bundle" + i)).ToList();
        registry.Store.PutManifest(Repository, MediaTypes.OciIndex, TestImages.Index(expected), "sha256-" + subject.Hex);

        var listed = await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None);

        Assert.Equal(expected, listed.Select(descriptor => descriptor.Digest));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(415)]
    public async Task ListReferrersAsync_ApiAnswersWithAnError_TakesTheTag(int status)
    {
        await using var registry = await TestRegistry.StartAsync();
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Intercept = context => WhenReferrers(context, () => context.Response.StatusCode = status);
        var (subject, referrer) = PutWithTag(registry);

        var listed = await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None);

        Assert.Equal(referrer, Assert.Single(listed).Digest);
    }

    [Fact]
    public async Task ListReferrersAsync_ApiAnswersWithAPageForPeople_TakesTheTag()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.ContentType = "text/html";
            await context.Response.Body.WriteAsync("<html>"u8.ToArray());
            return true;
        };
        var (subject, referrer) = PutWithTag(registry);

        var listed = await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None);

        Assert.Equal(referrer, Assert.Single(listed).Digest);
    }

    [Fact]
    public async Task ListReferrersAsync_WrongArtifactTypeInTheIndex_IsListedAllTheSame()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = false });
        using var sources = new Sources(plainHttp: registry.Host);
        var (subject, _) = PutWithTag(registry);

        var listed = await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None);

        Assert.Equal(MediaTypes.OciEmpty, Assert.Single(listed).ArtifactType);
    }

    [Theory]
    [InlineData("\"artifactType\":\"\"")]
    [InlineData("\"artifactType\":\"\\u2028\"")]
    [InlineData("\"artifactType\":7")]
    [InlineData("\"annotations\":{\"a\":7}")]
    [InlineData("\"annotations\":{{many}}")]
    public async Task ListReferrersAsync_WhatSomebodyPushedCannotBeRead_DoesNotSpoilTheOthers(string member)
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = false });
        using var sources = new Sources(plainHttp: registry.Host);
        var subject = registry.Store.PutImage(Repository);
        var many = "{" + string.Join(',', Enumerable.Range(0, OciLimits.MaxAnnotations + 1).Select(i => $"\"{i}\":\"\"")) + "}";
        var bad = $$"""{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Digest.Of([1])}}","size":1,{{member.Replace("{many}", many[1..^1], StringComparison.Ordinal)}}}""";
        var good = $$"""{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Digest.Of([2])}}","size":1,"artifactType":"{{MediaTypes.SigstoreBundleV03}}"}""";
        var index = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{bad}},{{good}}]}""";
        registry.Store.PutManifest(Repository, MediaTypes.OciIndex, Encoding.UTF8.GetBytes(index), "sha256-" + subject.Hex);

        var listed = await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None);

        Assert.Equal([null, MediaTypes.SigstoreBundleV03], listed.Select(r => r.ArtifactType));
    }

    [Fact]
    public async Task ListReferrersAsync_TagIsNoIndex_IsEmpty()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = false });
        using var sources = new Sources(plainHttp: registry.Host);
        var subject = registry.Store.PutImage(Repository);
        registry.Store.PutImage(Repository, "sha256-" + subject.Hex, "other");

        Assert.Empty(await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None));
    }

    [Fact]
    public async Task ListReferrersAsync_MoreThanAllowed_IsLimitExceededByTagToo()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = false });
        using var sources = new Sources(plainHttp: registry.Host);
        var subject = registry.Store.PutImage(Repository);
        registry.Store.PutManifest(Repository, MediaTypes.OciIndex, HostileRegistry.Referrers(11), "sha256-" + subject.Hex);
        var source = sources.Open(registry.Host + "/org/app:v1");

        var e = await Assert.ThrowsAsync<ContentException>(() => source.ListReferrersAsync(subject, 10, CancellationToken.None));

        Assert.Equal(ContentFailure.LimitExceeded, e.Failure);
        Assert.Equal(11, (await source.ListReferrersAsync(subject, 11, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task ListReferrersAsync_ApiAndTagDiffer_TheApiIsTheAnswer()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var sources = new Sources(plainHttp: registry.Host);
        var (subject, _) = PutWithTag(registry);
        var inApi = registry.Store.PutReferrer(Repository, subject, "pushed later");

        var listed = await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None);

        Assert.Equal(registry.Store.Referrers(Repository, subject).Count, listed.Count);
        Assert.Contains(inApi, listed.Select(descriptor => descriptor.Digest));
    }

    [Fact]
    public async Task ListReferrersAsync_ApiKnownAbsent_AsksOnlyTheTagAndTheApiAgainBeforeSayingEmpty()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = false });
        var time = new FakeTimeProvider();
        using var sources = new Sources(time: time, plainHttp: registry.Host);
        var (subject, _) = PutWithTag(registry);
        await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(subject, 100, CancellationToken.None);

        Assert.Equal(["manifests"], await KindsAsync(subject));
        Assert.Equal(["manifests", "referrers"], await KindsAsync(Digest.Of("unsigned"u8)));

        time.Advance(RegistryLimits.HostMemory + TimeSpan.FromSeconds(1));
        Assert.Equal(["manifests", "referrers"], (await KindsAsync(subject)).Order());

        async Task<IReadOnlyList<string>> KindsAsync(Digest digest)
        {
            registry.ClearRequests();
            await sources.Open(registry.Host + "/org/app:v1").ListReferrersAsync(digest, 100, CancellationToken.None);
            return [.. registry.Requests.Select(request => request.Path.Split('/')[^2])];
        }
    }

    [Fact]
    public void FallbackTag_Sha512_IsCutTo64Characters()
    {
        var digest = Digest.Of("x"u8, DigestAlgorithm.Sha512);

        Assert.Equal("sha512-" + digest.Hex[..64], ReferrersReader.FallbackTag(digest));
        Assert.Equal("sha256-" + Digest.Of("x"u8).Hex, ReferrersReader.FallbackTag(Digest.Of("x"u8)));
    }

    [Theory]
    [InlineData("<https://a/b>; rel=\"next\"", "https://a/b")]
    [InlineData("</b?x=1,2>; rel=next", "/b?x=1,2")]
    [InlineData("</a>; rel=\"last\", </b>; title=x; REL=\"next\"", "/b")]
    [InlineData("</a>; rel=\"last\"", null)]
    [InlineData("</a", null)]
    [InlineData("", null)]
    public void Next_LinkHeader_GivesTheTarget(string header, string? target) => Assert.Equal(target, LinkHeader.Next([header]));

    /// <summary>Design.md's targets: a cold verification in at most 6 requests, a warm one by tag in 1.</summary>
    [Theory]
    [InlineData(true, true, 6, 5)]
    [InlineData(true, false, 6, 5)]
    [InlineData(false, true, 5, 4)]
    [InlineData(false, false, 5, 4)]
    public async Task RequestCount_SignedImage_StaysWithinTheTarget(bool bundle, bool api, int coldAtMost, int warmHostAtMost)
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { ReferrersApi = api });
        using var sources = new Sources(plainHttp: registry.Host);
        var subject = registry.Store.PutImage(Repository);
        if (bundle)
        {
            var referrer = registry.Store.PutReferrer(Repository, subject, "bundle");
            if (!api)
            {
                registry.Store.PutManifest(Repository, MediaTypes.OciIndex, TestImages.Index(referrer), "sha256-" + subject.Hex);
            }
        }
        else
        {
            registry.Store.PutLegacySignature(Repository, subject, "payload");
        }

        Assert.InRange(await CollectAsync(), 4, coldAtMost);
        Assert.InRange(await CollectAsync(), 4, api || bundle ? warmHostAtMost : 5);

        async Task<int> CollectAsync()
        {
            var reference = ImageReference.Parse(registry.Host + "/org/app:v1");
            var source = sources.Factory.Open(reference, null);
            var image = await source.ResolveAsync(reference, CancellationToken.None);
            Assert.Equal(1, source.RequestCount);
            var referrers = source.ListReferrersAsync(image.Descriptor.Digest, 64, CancellationToken.None);
            var legacy = source.FindManifestAsync($"sha256-{subject.Hex}.sig", CancellationToken.None);
            var manifests = new List<FetchedManifest>();
            foreach (var referrer in await referrers)
            {
                manifests.Add(await source.FetchManifestAsync(referrer.Digest, CancellationToken.None));
            }

            if (await legacy is { } found)
            {
                manifests.Add(found);
            }

            foreach (var layer in manifests.SelectMany(manifest => Manifest.Parse(manifest.Content, manifest.Descriptor.MediaType).Layers))
            {
                Assert.Equal(bundle ? "bundle" : "payload", Encoding.UTF8.GetString((await source.FetchBlobAsync(layer, 1000, CancellationToken.None)).Span));
            }

            return source.RequestCount;
        }
    }

    private static (Digest Subject, Digest Referrer) PutWithTag(TestRegistry registry)
    {
        var subject = registry.Store.PutImage(Repository);
        var referrer = registry.Store.PutReferrer(Repository, subject, "bundle");
        registry.Store.PutManifest(Repository, MediaTypes.OciIndex, TestImages.Index(referrer), "sha256-" + subject.Hex);
        return (subject, referrer);
    }

    private static Task<bool> WhenReferrers(Microsoft.AspNetCore.Http.HttpContext context, Action answer)
    {
        var matches = context.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal);
        if (matches)
        {
            answer();
        }

        return Task.FromResult(matches);
    }
}
