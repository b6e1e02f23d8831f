using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using NodeGate.Oci;
using NodeGate.Testing.Registries;

namespace NodeGate.Registry.Tests;

/// <summary>Issue 2, Must show 6: each case is refused with its failure, within its bound, and below 200 MB.</summary>
public sealed class HostileRegistryTests
{
    private const long MaxMemory = 200L * 1024 * 1024;

    private static readonly RegistryTimings Short = Sources.Fast with { Header = TimeSpan.FromSeconds(2), BodyIdle = TimeSpan.FromSeconds(1) };
    private static readonly Digest Subject = Digest.Of("subject"u8);

    public static TheoryData<string> Resolves => new(ResolveCases.Keys);

    public static TheoryData<string> Listings => new(ListingCases.Keys);

    private static Dictionary<string, (RequestDelegate Handler, ContentFailure Failure)> ResolveCases { get; } = new(StringComparer.Ordinal)
    {
        ["wrong digest header"] = (HostileRegistry.WrongDigestHeader(), ContentFailure.Corrupt),
        ["endless body"] = (HostileRegistry.EndlessBody(MediaTypes.OciIndex), ContentFailure.LimitExceeded),
        ["stalled body"] = (HostileRegistry.StalledBody(MediaTypes.OciIndex), ContentFailure.TimedOut),
        ["trickling body"] = (HostileRegistry.TricklingBody(MediaTypes.OciIndex, TimeSpan.FromMilliseconds(50)), ContentFailure.TimedOut),
        ["silence"] = (HostileRegistry.Silence(), ContentFailure.TimedOut),
        ["redirect in a circle"] = (HostileRegistry.Redirect(request => request.Path.Value!.EndsWith('1') ? "/a" : "/v2/x/1"), ContentFailure.Corrupt),
        ["redirects without end"] = (HostileRegistry.Redirect(request => request.Path + "x"), ContentFailure.LimitExceeded),
        ["redirect to nowhere"] = (HostileRegistry.Redirect(_ => "gopher://x/"), ContentFailure.Corrupt),
        ["redirect to a host that is none"] = (HostileRegistry.Redirect(_ => "http://xn--%C3%BC.com/"), ContentFailure.Corrupt),
        ["redirect to the metadata service"] = (HostileRegistry.Redirect(_ => "http://169.254.169.254/latest"), ContentFailure.Corrupt),
        ["deep json"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.DeepJson), ContentFailure.LimitExceeded),
        ["duplicate keys"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.DuplicateKeys), ContentFailure.Corrupt),
        ["invalid utf-8"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.InvalidUtf8), ContentFailure.Corrupt),
        ["lone surrogate"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.LoneSurrogate), ContentFailure.Corrupt),
        ["429 storm"] = (HostileRegistry.Status(429, "0"), ContentFailure.Unavailable),
        ["429 for an hour"] = (HostileRegistry.Status(429, "3600"), ContentFailure.Unavailable),
        ["503"] = (HostileRegistry.Status(503), ContentFailure.Unavailable),
        ["500"] = (HostileRegistry.Status(500), ContentFailure.Unavailable),
        ["403"] = (HostileRegistry.Status(403), ContentFailure.Unauthorized),
        ["204"] = (HostileRegistry.Status(204), ContentFailure.Unavailable),
        ["reset"] = (HostileRegistry.Reset(afterHeaders: false), ContentFailure.Unavailable),
        ["reset in the body"] = (HostileRegistry.Reset(afterHeaders: true), ContentFailure.Unavailable),
        ["huge headers"] = (HostileRegistry.HugeHeaders(), ContentFailure.LimitExceeded),
        ["401 without end"] = (Challenge("Bearer realm=\"http://127.0.0.1:9/\""), ContentFailure.Unavailable),
        ["401 with two realms"] = (Challenge("Bearer realm=\"http://a/\",realm=\"http://b/\""), ContentFailure.Unauthorized),
    };

    private static Dictionary<string, (RequestDelegate Handler, ContentFailure Failure)> ListingCases { get; } = new(StringComparer.Ordinal)
    {
        ["endless pages"] = (HostileRegistry.EndlessPages(perPage: 0), ContentFailure.LimitExceeded),
        ["endless pages with entries"] = (HostileRegistry.EndlessPages(perPage: 50), ContentFailure.LimitExceeded),
        ["pages in a circle"] = (HostileRegistry.PagesInACircle(), ContentFailure.Corrupt),
        ["next page at another host"] = (HostileRegistry.NextPageAt("http://127.0.0.2:9/v2/x"), ContentFailure.Corrupt),
        ["next page at another port"] = (HostileRegistry.NextPageAt("http://127.0.0.1:9/v2/x"), ContentFailure.Corrupt),
        ["10,000 referrers"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.Referrers(10_000)), ContentFailure.LimitExceeded),
        ["endless body"] = (HostileRegistry.EndlessBody(MediaTypes.OciIndex), ContentFailure.LimitExceeded),
        ["deep json"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.DeepJson), ContentFailure.LimitExceeded),
        ["duplicate keys"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.DuplicateKeys), ContentFailure.Corrupt),
        ["invalid utf-8"] = (HostileRegistry.Bytes(MediaTypes.OciIndex, HostileRegistry.InvalidUtf8), ContentFailure.Corrupt),
        ["429 storm"] = (HostileRegistry.Status(429), ContentFailure.Unavailable),
        ["refusal"] = (HostileRegistry.Status(403), ContentFailure.Unauthorized),
    };

    [Theory]
    [MemberData(nameof(Resolves))]
    public async Task ResolveAsync_HostileRegistry_IsRefusedWithinItsBounds(string name)
    {
        var (handler, failure) = ResolveCases[name];
        await using var server = await ScriptedServer.StartAsync(handler);
        using var sources = new Sources(Short, TimeSpan.FromSeconds(4), plainHttp: server.Host);
        var reference = ImageReference.Parse(server.Host + "/org/app:v1");

        await RefusedAsync(failure, () => sources.Factory.Open(reference, null).ResolveAsync(reference, CancellationToken.None));

        Assert.InRange(server.Requests.Count, 1, 1 + Math.Max(RegistryLimits.MaxRetries, RegistryLimits.MaxRedirects));
    }

    [Theory]
    [MemberData(nameof(Listings))]
    public async Task ListReferrersAsync_HostileRegistry_IsRefusedWithinItsBounds(string name)
    {
        var (handler, failure) = ListingCases[name];
        await using var server = await ScriptedServer.StartAsync(
            context => context.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal) ? handler(context) : HostileRegistry.Status(404)(context));
        using var sources = new Sources(Short, TimeSpan.FromSeconds(10), plainHttp: server.Host);

        await RefusedAsync(failure, () => sources.Open(server.Host + "/org/app:v1").ListReferrersAsync(Subject, 100, CancellationToken.None));

        Assert.InRange(server.Requests.Count, 1, RegistryLimits.MaxReferrersPages + 1);
    }

    [Fact]
    public async Task ListReferrersAsync_PagesLargerThanTheLimitTogether_AreRefused()
    {
        var page = HostileRegistry.Bytes(MediaTypes.OciIndex, [.. HostileRegistry.EmptyIndex, .. Enumerable.Repeat((byte)' ', 3 * 1024 * 1024)]);
        var number = 0;
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers.Link = $"</v2/org/app/referrers/{Subject}?n={Interlocked.Increment(ref number)}>; rel=next";
            return page(context);
        });
        using var sources = new Sources(plainHttp: server.Host);

        await RefusedAsync(
            ContentFailure.LimitExceeded, () => sources.Open(server.Host + "/org/app:v1").ListReferrersAsync(Subject, 100, CancellationToken.None));
    }

    [Fact]
    public async Task FetchManifestAsync_DifferentBytesEachRequest_IsCorrupt()
    {
        await using var server = await ScriptedServer.StartAsync(HostileRegistry.DifferentEachTime());
        using var sources = new Sources(plainHttp: server.Host);
        var reference = ImageReference.Parse(server.Host + "/org/app:v1");
        var source = sources.Factory.Open(reference, null);
        var resolved = await source.ResolveAsync(reference, CancellationToken.None);

        await RefusedAsync(ContentFailure.Corrupt, () => source.FetchManifestAsync(resolved.Descriptor.Digest, CancellationToken.None));
    }

    [Theory]
    [InlineData("other bytes")]
    [InlineData("endless")]
    [InlineData("declared too long")]
    public async Task FetchBlobAsync_OtherBytes_IsCorrupt(string name)
    {
        await using var server = await ScriptedServer.StartAsync(name switch
        {
            "endless" => HostileRegistry.EndlessBody("application/octet-stream"),
            "declared too long" => HostileRegistry.Bytes("application/octet-stream", new byte[1_000_000]),
            _ => HostileRegistry.Bytes("application/octet-stream", "evil!!!"u8.ToArray()),
        });
        using var sources = new Sources(plainHttp: server.Host);

        await RefusedAsync(
            ContentFailure.Corrupt,
            () => sources.Open(server.Host + "/org/app:v1").FetchBlobAsync(new Descriptor("a/b", Digest.Of("payload"u8), 7), 1000, CancellationToken.None));
    }

    [Fact]
    public async Task ResolveAsync_SameFailure_GivesTheSameBytesWhateverTheCredentials()
    {
        await using var server = await ScriptedServer.StartAsync(Challenge("Basic realm=\"x\""));
        using var sources = new Sources(plainHttp: server.Host);
        var reference = ImageReference.Parse(server.Host + "/org/app:v1");
        RegistryCredential?[] credentials = [null, new() { Username = "a", Password = "hidden-one" }, new() { Username = "b", Password = "hidden-two" }, new() { IdentityToken = "t" }];
        var texts = new HashSet<string>(StringComparer.Ordinal);

        foreach (var credential in credentials)
        {
            var e = await Assert.ThrowsAsync<ContentException>(() => sources.Factory.Open(reference, credential).ResolveAsync(reference, CancellationToken.None));
            Assert.Equal(ContentFailure.Unauthorized, e.Failure);
            texts.Add(e.Message);
        }

        Assert.DoesNotContain("hidden", Assert.Single(texts), StringComparison.Ordinal);
    }

    private static RequestDelegate Challenge(string header) => context =>
    {
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = header;
        return Task.CompletedTask;
    };

    private static async Task RefusedAsync(ContentFailure failure, Func<Task> action)
    {
        GC.Collect();
        var before = Environment.WorkingSet;
        var started = Stopwatch.GetTimestamp();

        var e = await Assert.ThrowsAsync<ContentException>(action);

        Assert.True(e.Failure == failure, $"expected {failure}, found {e.Failure}: {e.Message}");
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, MaxMemory);
    }
}
