using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Registries;

namespace NodeGate.Registry.Tests;

public sealed class RegistryImageSourceTests : IAsyncLifetime
{
    private readonly Sources _sources = new();
    private TestRegistry _registry = null!;

    public async Task InitializeAsync() => _registry = await TestRegistry.StartAsync();

    public async Task DisposeAsync()
    {
        _sources.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task ResolveAsync_Tag_GivesComputedDigestInOneRequest()
    {
        var digest = _registry.Store.PutImage("org/app");
        var reference = ImageReference.Parse(_registry.Host + "/org/app:v1");
        var source = _sources.Factory.Open(reference, null);

        var manifest = await source.ResolveAsync(reference, CancellationToken.None);

        Assert.Equal(digest, manifest.Descriptor.Digest);
        Assert.Equal(MediaTypes.OciManifest, manifest.Descriptor.MediaType);
        Assert.Equal(manifest.Content.Length, manifest.Descriptor.Size);
        Assert.Equal(1, source.RequestCount);
    }

    [Fact]
    public async Task ResolveAsync_Sha512Digest_HashesWithIt()
    {
        var config = _registry.Store.PutBlob("org/app", "{}"u8.ToArray());
        var digest = _registry.Store.PutManifest("org/app", MediaTypes.OciManifest, TestImages.Image(config, 2), algorithm: DigestAlgorithm.Sha512);

        var manifest = await ResolveAsync($"/org/app@{digest}");

        Assert.Equal(digest, manifest.Descriptor.Digest);
    }

    [Fact]
    public async Task ResolveAsync_Unknown_IsNotFoundNamingHostAndReference()
    {
        var e = await Assert.ThrowsAsync<ContentException>(() => ResolveAsync("/org/app:v1"));

        Assert.Equal(ContentFailure.NotFound, e.Failure);
        Assert.Equal($"{_registry.Host}/org/app:v1: {_registry.Host}: not found.", e.Message);
    }

    [Fact]
    public async Task ResolveAsync_OtherRepository_IsTheCallersMistake()
    {
        var source = _sources.Open(_registry.Host + "/org/app:v1");

        await Assert.ThrowsAsync<ArgumentException>(() => source.ResolveAsync(ImageReference.Parse(_registry.Host + "/org/other:v1"), CancellationToken.None));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    [InlineData("application/vnd.oci.image.manifest.v1+json; charset=utf-8")]
    [InlineData("Application/vnd.OCI.image.manifest.v1+json")]
    public async Task ResolveAsync_MissingOrGenericContentType_TakesTheDocumentsOwn(string? contentType)
    {
        Serve(contentType, $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"a/b","digest":"{{Digest.Of("x"u8)}}","size":1},"layers":[]}""");

        var manifest = await ResolveAsync("/org/app:v1");

        Assert.Equal(MediaTypes.OciManifest, manifest.Descriptor.MediaType);
    }

    [Theory]
    [InlineData("text/html", "<html>")]
    [InlineData(null, "{}")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", "{}")]
    [InlineData(MediaTypes.OciManifest, """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""")]
    [InlineData(MediaTypes.OciManifest, """{"schemaVersion":2,"config":null,"layers":[]}""")]
    [InlineData(MediaTypes.OciIndex, """{"schemaVersion":2,"manifests":[],"layers":[]}""")]
    [InlineData(MediaTypes.OciIndex, "not json")]
    public async Task ResolveAsync_NoManifest_IsCorrupt(string? contentType, string body)
    {
        Serve(contentType, body);

        var e = await Assert.ThrowsAsync<ContentException>(() => ResolveAsync("/org/app:v1"));

        Assert.Equal(ContentFailure.Corrupt, e.Failure);
    }

    [Theory]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("nonsense")]
    public async Task ResolveAsync_DigestHeaderSaysOtherwise_IsCorrupt(string header)
    {
        Serve(MediaTypes.OciIndex, """{"schemaVersion":2,"manifests":[]}""", header);

        var e = await Assert.ThrowsAsync<ContentException>(() => ResolveAsync("/org/app:v1"));

        Assert.Equal(ContentFailure.Corrupt, e.Failure);
    }

    [Fact]
    public async Task FetchManifestAsync_Digest_GivesExactBytes()
    {
        var digest = _registry.Store.PutImage("org/app");

        var manifest = await _sources.Open(_registry.Host + "/org/app:v1").FetchManifestAsync(digest, CancellationToken.None);

        Assert.True(digest.Matches(manifest.Content.Span));
    }

    [Fact]
    public async Task FindManifestAsync_Absent_IsNull()
    {
        var source = _sources.Open(_registry.Host + "/org/app:v1");

        Assert.Null(await source.FindManifestAsync("nothing", CancellationToken.None));
    }

    [Theory]
    [InlineData("../../other")]
    [InlineData("a@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("")]
    [InlineData("a?b")]
    public async Task FindManifestAsync_NotATag_SendsNothing(string tag)
    {
        var source = _sources.Open(_registry.Host + "/org/app:v1");

        await Assert.ThrowsAsync<ArgumentException>(() => source.FindManifestAsync(tag, CancellationToken.None));
        Assert.Equal(0, source.RequestCount);
    }

    [Fact]
    public async Task FetchBlobAsync_Whole_GivesBytes()
    {
        var digest = _registry.Store.PutBlob("org/app", "payload"u8.ToArray());

        var blob = await _sources.Open(_registry.Host + "/org/app:v1").FetchBlobAsync(new Descriptor("a/b", digest, 7), 100, CancellationToken.None);

        Assert.Equal("payload", Encoding.UTF8.GetString(blob.Span));
    }

    [Fact]
    public async Task FetchBlobAsync_Empty_GivesNoBytes()
    {
        var digest = _registry.Store.PutBlob("org/app", []);

        var blob = await _sources.Open(_registry.Host + "/org/app:v1").FetchBlobAsync(new Descriptor("a/b", digest, 0), 0, CancellationToken.None);

        Assert.True(blob.IsEmpty);
    }

    [Fact]
    public async Task FetchBlobAsync_DeclaredLargerThanAllowed_SendsNothing()
    {
        var source = _sources.Open(_registry.Host + "/org/app:v1");

        var e = await Assert.ThrowsAsync<ContentException>(
            () => source.FetchBlobAsync(new Descriptor("a/b", Digest.Of("x"u8), 101), 100, CancellationToken.None));

        Assert.Equal(ContentFailure.LimitExceeded, e.Failure);
        Assert.Equal(0, source.RequestCount);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    public async Task FetchBlobAsync_OtherSize_IsCorrupt(long size)
    {
        var digest = _registry.Store.PutBlob("org/app", "payload"u8.ToArray());
        var source = _sources.Open(_registry.Host + "/org/app:v1");

        var e = await Assert.ThrowsAsync<ContentException>(() => source.FetchBlobAsync(new Descriptor("a/b", digest, size), 100, CancellationToken.None));

        Assert.Equal(ContentFailure.Corrupt, e.Failure);
    }

    [Fact]
    public async Task ResolveAsync_CallerGivesUp_IsCancelledAndNotTimedOut()
    {
        var asked = new TaskCompletionSource();
        _registry.Intercept = async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        using var caller = new CancellationTokenSource();
        var pending = _sources.Open(_registry.Host + "/org/app:v1").ResolveAsync(ImageReference.Parse(_registry.Host + "/org/app:v1"), caller.Token);
        await asked.Task;

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Fact]
    public async Task ResolveAsync_LocalhostWithoutConfiguration_TriesTlsOnceAndRemembersPlainHttp()
    {
        _registry.Store.PutImage("org/app");

        await ResolveAsync("/org/app:v1");
        await ResolveAsync("/org/app:v1");

        Assert.Single(_sources.Log.Lines, line => line.Contains("speaks no TLS", StringComparison.Ordinal));
    }

    private async Task<FetchedManifest> ResolveAsync(string path)
    {
        var reference = ImageReference.Parse(_registry.Host + path);
        return await _sources.Factory.Open(reference, null).ResolveAsync(reference, CancellationToken.None);
    }

    private void Serve(string? contentType, string body, string? digestHeader = null) => _registry.Intercept = async context =>
    {
        context.Response.ContentType = contentType;
        if (digestHeader is not null)
        {
            context.Response.Headers["Docker-Content-Digest"] = digestHeader;
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        return true;
    };
}
