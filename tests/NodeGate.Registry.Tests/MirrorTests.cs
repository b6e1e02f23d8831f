using NodeGate.Oci;
using NodeGate.Testing.Registries;

namespace NodeGate.Registry.Tests;

/// <summary>Several hosts for one registry, as <c>hosts.toml</c> has them.</summary>
public sealed class MirrorTests : IAsyncLifetime
{
    private const string Dead = "http://127.0.0.1:1";
    private static readonly RegistryCredential Credential = new() { Username = "user", Password = "password" };

    private readonly Sources _sources = new();
    private TestRegistry _mirror = null!;
    private TestRegistry _upstream = null!;

    public async Task InitializeAsync()
    {
        _mirror = await TestRegistry.StartAsync();
        _upstream = await TestRegistry.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _sources.Dispose();
        await _mirror.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task ResolveAsync_MirrorHasIt_IsAskedWithNamespaceAndUpstreamIsNot()
    {
        Configure();
        _mirror.Store.PutImage("org/app");

        await ResolveAsync();

        Assert.Equal("GET /v2/org/app/manifests/v1?ns=reg.example", Assert.Single(_mirror.Requests).ToString());
        Assert.Empty(_upstream.Requests);
    }

    [Fact]
    public async Task ResolveAsync_MirrorHasItNot_FallsOverAndStaysWithUpstream()
    {
        Configure();
        var digest = _upstream.Store.PutImage("org/app");
        var source = Open();
        await source.ResolveAsync(Reference, CancellationToken.None);
        _mirror.ClearRequests();

        await source.FetchManifestAsync(digest, CancellationToken.None);

        Assert.Empty(_mirror.Requests);
    }

    [Fact]
    public async Task ResolveAsync_PathHeadersAndOverridePath_AreAsConfigured()
    {
        _sources.WriteHosts("reg.example", $"[host.\"{_mirror.Url}/v2/cache\"]\noverride_path = true\n[host.\"{_mirror.Url}/v2/cache\".header]\nx-key = \"k\"\naccept = \"no\"\n");
        var digest = _mirror.Store.PutImage("cache/org/app");

        Assert.Equal(digest, (await ResolveAsync()).Descriptor.Digest);

        Assert.Equal("k", _mirror.Requests[0].Headers["x-key"]);
        Assert.Equal(MediaTypes.ManifestAccept, _mirror.Requests[0].Headers["accept"]);
    }

    [Fact]
    public async Task ResolveAsync_MirrorMayOnlyPull_IsNotAskedForATag()
    {
        Configure(mirrorCapabilities: "[\"pull\"]");
        _mirror.Store.PutImage("org/app", content: "stale");
        var digest = _upstream.Store.PutImage("org/app");

        Assert.Equal(digest, (await ResolveAsync()).Descriptor.Digest);
        Assert.Empty(_mirror.Requests);
    }

    [Fact]
    public async Task ResolveAsync_DigestAndPullOnlyMirror_IsAsked()
    {
        Configure(mirrorCapabilities: "[\"pull\"]");
        var reference = Reference.WithDigest(_mirror.Store.PutImage("org/app"));

        await _sources.Factory.Open(reference, null).ResolveAsync(reference, CancellationToken.None);

        Assert.Single(_mirror.Requests);
    }

    [Fact]
    public async Task ResolveAsync_NoHostMay_SaysWhatIsMissing()
    {
        _sources.WriteHosts("reg.example", $"server = \"{_upstream.Url}\"\ncapabilities = [\"push\"]");

        var e = await Assert.ThrowsAsync<ContentException>(ResolveAsync);

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
        Assert.Contains("capability", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_LyingMirror_IsPassedOver()
    {
        Configure();
        var digest = _upstream.Store.PutImage("org/app");
        _mirror.Intercept = async context =>
        {
            await HostileRegistry.WrongDigestHeader()(context);
            return true;
        };

        Assert.Equal(digest, (await ResolveAsync()).Descriptor.Digest);
    }

    [Theory]
    [InlineData(404, 404, ContentFailure.NotFound)]
    [InlineData(503, 404, ContentFailure.Unavailable)]
    [InlineData(404, 503, ContentFailure.Unavailable)]
    [InlineData(401, 404, ContentFailure.Unauthorized)]
    [InlineData(503, 401, ContentFailure.Unauthorized)]
    [InlineData(400, 404, ContentFailure.Unavailable)]
    public async Task ResolveAsync_EveryHostFails_TheMostTellingFailureWinsAndEachHostIsNamed(int first, int second, ContentFailure failure)
    {
        Configure();
        _mirror.Intercept = context => AnswerAsync(context, first);
        _upstream.Intercept = context => AnswerAsync(context, second);

        var e = await Assert.ThrowsAsync<ContentException>(ResolveAsync);
        var again = await Assert.ThrowsAsync<ContentException>(ResolveAsync);

        Assert.Equal(failure, e.Failure);
        Assert.Equal(e.Message, again.Message);
        Assert.Contains(_mirror.Host + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(_upstream.Host + ": ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindManifestAsync_OneHostCannotSay_IsUnavailableAndNotAbsent()
    {
        Configure();
        _upstream.Intercept = context => AnswerAsync(context, 503);

        var e = await Assert.ThrowsAsync<ContentException>(() => Open().FindManifestAsync("sha256-x.sig", CancellationToken.None));

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
    }

    [Fact]
    public async Task FindManifestAsync_MirrorWithoutTheSignature_AsksUpstream()
    {
        Configure();
        var subject = _mirror.Store.PutImage("org/app");
        _upstream.Store.PutImage("org/app");
        var signature = _upstream.Store.PutLegacySignature("org/app", subject, "payload");
        var source = Open();
        await source.ResolveAsync(Reference, CancellationToken.None);

        var found = await source.FindManifestAsync($"sha256-{subject.Hex}.sig", CancellationToken.None);

        Assert.Equal(signature, found!.Descriptor.Digest);
        Assert.Equal(Digest.Of("payload"u8), Digest.Of((await source.FetchBlobAsync(
            Manifest.Parse(found.Content, found.Descriptor.MediaType).Layers[0], 100, CancellationToken.None)).Span));
    }

    /// <summary>registry.k8s.io serves a signature by its tag and not by its digest (cri.md section 4): its bytes came with the tag.</summary>
    [Fact]
    public async Task FindManifestAsync_ServedByTagAndNotByDigest_IsFound()
    {
        Configure();
        var subject = _upstream.Store.PutImage("org/app");
        var signature = _upstream.Store.PutLegacySignature("org/app", subject, "payload");
        _upstream.Intercept = context => context.Request.Path.Value!.EndsWith($"/manifests/{signature}", StringComparison.Ordinal)
            ? AnswerAsync(context, 404) : Task.FromResult(false);

        Assert.Equal(signature, (await Open().FindManifestAsync($"sha256-{subject.Hex}.sig", CancellationToken.None))!.Descriptor.Digest);
    }

    [Fact]
    public async Task ListReferrersAsync_MirrorListsNone_AsksUpstream()
    {
        Configure();
        var subject = _upstream.Store.PutImage("org/app");
        _mirror.Store.PutImage("org/app");
        var referrer = _upstream.Store.PutReferrer("org/app", subject, "bundle");
        var source = Open();
        await source.ResolveAsync(Reference, CancellationToken.None);

        Assert.Equal(referrer, Assert.Single(await source.ListReferrersAsync(subject, 10, CancellationToken.None)).Digest);
    }

    [Fact]
    public async Task ListReferrersAsync_OneHostCannotSay_IsUnavailableAndNotEmpty()
    {
        Configure();
        _upstream.Intercept = context => AnswerAsync(context, 503);

        var e = await Assert.ThrowsAsync<ContentException>(() => Open().ListReferrersAsync(Digest.Of("x"u8), 10, CancellationToken.None));

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
    }

    [Fact]
    public async Task ListReferrersAsync_MirrorOfPullAndResolve_IsAskedForTheApiToo()
    {
        // containerd 1.x cannot read a file that says "referrers"; with the registry itself out of reach only the mirror can tell.
        _sources.WriteHosts("reg.example", $"server = \"{Dead}\"\n[host.\"{_mirror.Url}\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        var subject = _mirror.Store.PutImage("org/app");
        var referrer = _mirror.Store.PutReferrer("org/app", subject, "bundle");

        Assert.Equal(referrer, Assert.Single(await Open().ListReferrersAsync(subject, 10, CancellationToken.None)).Digest);
    }

    [Theory]
    [InlineData("[\"pull\", \"resolve\"]", true)]
    [InlineData("[\"pull\", \"resolve\", \"referrers\"]", false)]
    public async Task ListReferrersAsync_ApiRefused_TagCountsOnlyWhereTheApiWasNotPromised(string capabilities, bool counts)
    {
        _sources.WriteHosts("reg.example", $"server = \"{Dead}\"\n[host.\"{_mirror.Url}\"]\ncapabilities = {capabilities}\n");
        var subject = _mirror.Store.PutImage("org/app");
        var referrer = _mirror.Store.PutReferrer("org/app", subject, "bundle");
        _mirror.Store.PutManifest("org/app", MediaTypes.OciIndex, TestImages.Index(referrer), $"sha256-{subject.Hex}");
        _mirror.Intercept = context => context.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal)
            ? AnswerAsync(context, 403)
            : Task.FromResult(false);

        var listing = Open().ListReferrersAsync(subject, 10, CancellationToken.None);

        if (counts)
        {
            Assert.Equal(referrer, Assert.Single(await listing).Digest);
        }
        else
        {
            await Assert.ThrowsAsync<ContentException>(() => listing);
        }
    }

    [Fact]
    public async Task FindManifestAsync_UnreachableHost_IsDialledOncePerPull()
    {
        _sources.WriteHosts("reg.example", $"server = \"{_upstream.Url}\"\n[host.\"{Dead}\"]");
        _upstream.Store.PutImage("org/app");
        var source = Open();
        await source.ResolveAsync(Reference, CancellationToken.None);
        var dialled = source.RequestCount;

        await Assert.ThrowsAsync<ContentException>(() => source.FindManifestAsync("none", CancellationToken.None));

        Assert.Equal(dialled + 1, source.RequestCount);
    }

    [Fact]
    public async Task ResolveAsync_CredentialsWithoutAddress_AreOfferedToMirrorsAsContainerdDoes()
    {
        await using var mirror = await TestRegistry.StartAsync(new TestRegistryOptions { UserName = "user", Password = "password" });
        _sources.WriteHosts("reg.example", $"server = \"{_upstream.Url}\"\n[host.\"{mirror.Url}\"]");
        mirror.Store.PutImage("org/app");
        _upstream.Store.PutImage("org/app");

        await _sources.Factory.Open(Reference, Credential).ResolveAsync(Reference, CancellationToken.None);
        Assert.NotNull(mirror.Requests[^1].Authorization);

        using var second = new Sources();
        second.WriteHosts("reg.example", $"server = \"{_upstream.Url}\"\n[host.\"{mirror.Url}\"]");
        mirror.ClearRequests();
        var addressed = new RegistryCredential { Username = "user", Password = "password", ServerAddress = "https://reg.example" };
        await second.Factory.Open(Reference, addressed).ResolveAsync(Reference, CancellationToken.None);
        Assert.All(mirror.Requests, request => Assert.Null(request.Authorization));
    }

    private static ImageReference Reference { get; } = ImageReference.Parse("reg.example/org/app:v1");

    private static Task<bool> AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.FromResult(true);
    }

    private void Configure(string? mirrorCapabilities = null) => _sources.WriteHosts(
        "reg.example",
        $"server = \"{_upstream.Url}\"\n[host.\"{_mirror.Url}\"]\n{(mirrorCapabilities is null ? "" : "capabilities = " + mirrorCapabilities)}\n");

    private IImageSource Open() => _sources.Factory.Open(Reference, null);

    private Task<FetchedManifest> ResolveAsync() => Open().ResolveAsync(Reference, CancellationToken.None);
}
