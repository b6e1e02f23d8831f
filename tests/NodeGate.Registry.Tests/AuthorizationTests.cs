using NodeGate.Oci;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Time;

namespace NodeGate.Registry.Tests;

public sealed class AuthorizationTests
{
    private static readonly RegistryCredential Good = new() { Username = "user", Password = "good-password" };
    private static readonly TestRegistryOptions Basic = new() { UserName = "user", Password = "good-password" };
    private static readonly TestRegistryOptions Bearer = Basic with { Tokens = true, AnonymousPull = false, IdentityToken = "refresh-me" };

    [Fact]
    public async Task ResolveAsync_Basic_SendsCredentialsOnlyWhenAskedAndThenAtOnce()
    {
        await using var registry = await TestRegistry.StartAsync(Basic);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");

        await ResolveAsync(sources, registry, Good);
        await ResolveAsync(sources, registry, Good);

        Assert.Equal([null, TestTokenServer.Basic("user", "good-password"), TestTokenServer.Basic("user", "good-password")], registry.Requests.Select(r => r.Authorization));
    }

    [Fact]
    public async Task ResolveAsync_IdentityTokenAtABasicRegistry_IsNotSent()
    {
        await using var registry = await TestRegistry.StartAsync(Basic);
        using var sources = new Sources(plainHttp: registry.Host);

        await UnauthorizedAsync(sources, registry, new RegistryCredential { IdentityToken = "refresh-me" });

        Assert.All(registry.Requests, request => Assert.Null(request.Authorization));
    }

    [Fact]
    public async Task ResolveAsync_BearerWithPassword_AsksForThisRepositoryAndReading()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");

        await ResolveAsync(sources, registry, Good);

        Assert.Equal(["/v2/org/app/manifests/v1", "/token", "/v2/org/app/manifests/v1"], registry.Requests.Select(r => r.Path));
        Assert.Equal("?service=nodegate-test&scope=repository%3Aorg%2Fapp%3Apull", registry.Requests[1].Query);
        Assert.StartsWith("Bearer ", registry.Requests[2].Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_IdentityToken_IsPostedToTheTokenServer()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");

        await ResolveAsync(sources, registry, new RegistryCredential { IdentityToken = "refresh-me" });

        Assert.Equal("POST /token", registry.Requests[1].ToString());
        Assert.Null(registry.Requests[1].Authorization);
    }

    [Fact]
    public async Task ResolveAsync_AnonymousToken_IsKeptForTheNextPull()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer with { AnonymousPull = true });
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");
        await ResolveAsync(sources, registry, null);
        registry.ClearRequests();

        await ResolveAsync(sources, registry, null);

        Assert.Single(registry.Requests);
    }

    [Fact]
    public async Task ResolveAsync_OtherCredential_NeverUsesAnothersToken()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");
        await ResolveAsync(sources, registry, Good);

        await UnauthorizedAsync(sources, registry, null);
        await UnauthorizedAsync(sources, registry, new RegistryCredential { Username = "user", Password = "bad" });
        await UnauthorizedAsync(sources, registry, new RegistryCredential { Username = "user", Password = "good-password", ServerAddress = "https://elsewhere.example" });
    }

    [Fact]
    public async Task ResolveAsync_TokenForAnotherRepository_IsNotReused()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");
        registry.Store.PutImage("org/other");
        await ResolveAsync(sources, registry, Good);

        await ResolveAsync(sources, registry, Good, "/org/other:v1");

        Assert.Equal(2, registry.Requests.Count(r => r.Path == "/token"));
        Assert.Equal("?service=nodegate-test&scope=repository%3Aorg%2Fother%3Apull", registry.Requests.Last(r => r.Path == "/token").Query);
    }

    [Theory]
    [InlineData(300, 269, 1)]
    [InlineData(300, 271, 2)]
    [InlineData(null, 50, 1)]
    [InlineData(null, 55, 2)]
    [InlineData(100_000_000, 3700, 2)]
    public async Task ResolveAsync_TokenExpires_IsFetchedAnew(int? lifetime, int later, int tokens)
    {
        await using var registry = await TestRegistry.StartAsync(Bearer with { TokenSeconds = lifetime });
        var time = new FakeTimeProvider();
        using var sources = new Sources(time: time, plainHttp: registry.Host);
        registry.Store.PutImage("org/app");
        await ResolveAsync(sources, registry, Good);
        time.Advance(TimeSpan.FromSeconds(later));

        await ResolveAsync(sources, registry, Good);

        Assert.Equal(tokens, registry.Requests.Count(r => r.Path == "/token"));
    }

    [Fact]
    public async Task ResolveAsync_TokenRevoked_IsFetchedAnewOnce()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");
        await ResolveAsync(sources, registry, Good);
        registry.TokenServer.Revoke();

        await ResolveAsync(sources, registry, Good);

        Assert.Equal(2, registry.Requests.Count(r => r.Path == "/token"));
    }

    [Fact]
    public async Task ResolveAsync_RealmOfAnotherHost_GetsNoCredentials()
    {
        await using var stranger = await ScriptedServer.StartAsync(
            HostileRegistry.Bytes("application/json", """{"token":"stolen"}"""u8.ToArray()), new ServerOptions { Address = System.Net.IPAddress.Parse("127.0.0.2") });
        await using var registry = await TestRegistry.StartAsync(Bearer with { Realm = stranger.Url + "/token" });
        using var sources = new Sources(plainHttp: registry.Host);

        var password = await UnauthorizedAsync(sources, registry, Good);
        var identity = await UnauthorizedAsync(sources, registry, new RegistryCredential { IdentityToken = "refresh-me" });
        var anonymous = await UnauthorizedAsync(sources, registry, null);

        Assert.Equal(anonymous, password);
        Assert.Equal(anonymous, identity);
        Assert.Contains("token server '127.0.0.2', which is no part of it", anonymous, StringComparison.Ordinal);
        Assert.All(stranger.Requests, request => Assert.Equal(("GET", null), (request.Method, request.Authorization)));
        Assert.Contains(sources.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("127.0.0.2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResolveAsync_TokenServerCannotBeReached_IsToldApartFromTheRegistry()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer with { Realm = "http://127.0.0.1:1/token" });
        using var sources = new Sources(plainHttp: registry.Host);
        var reference = ImageReference.Parse(registry.Host + "/org/app:v1");
        var source = sources.Factory.Open(reference, Good);

        var e = await Assert.ThrowsAsync<ContentException>(() => source.ResolveAsync(reference, CancellationToken.None));

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
        Assert.Contains("its token server: no connection", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_TokenServerRedirects_IsNotFollowed()
    {
        await using var stranger = await ScriptedServer.StartAsync(HostileRegistry.Status(200), new ServerOptions { Address = System.Net.IPAddress.Parse("127.0.0.2") });
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Intercept = async context =>
        {
            if (context.Request.Path == "/token")
            {
                await HostileRegistry.Redirect(_ => stranger.Url)(context);
                return true;
            }

            return false;
        };

        var e = await Assert.ThrowsAsync<ContentException>(() => ResolveAsync(sources, registry, Good));

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
        Assert.Empty(stranger.Requests);
    }

    [Theory]
    [InlineData("{}", ContentFailure.Corrupt)]
    [InlineData("not json", ContentFailure.Corrupt)]
    [InlineData("""{"token":"a b"}""", ContentFailure.Corrupt)]
    [InlineData("""{"token":"a\r\nx: y"}""", ContentFailure.Corrupt)]
    [InlineData("""{"token":"a","token":"b"}""", ContentFailure.Corrupt)]
    [InlineData("""{"token":7}""", ContentFailure.Corrupt)]
    public async Task ResolveAsync_UnusableToken_IsRefused(string answer, ContentFailure failure)
    {
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        AnswerToken(registry, answer);

        var e = await Assert.ThrowsAsync<ContentException>(() => ResolveAsync(sources, registry, Good));

        Assert.Equal(failure, e.Failure);
    }

    [Fact]
    public async Task ResolveAsync_TokenAnswerBeyondItsLimits_IsRefused()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer);
        using var sources = new Sources(plainHttp: registry.Host);
        AnswerToken(registry, new string(' ', RegistryLimits.MaxTokenResponseBytes + 1));
        Assert.Equal(ContentFailure.LimitExceeded, (await Assert.ThrowsAsync<ContentException>(() => ResolveAsync(sources, registry, Good))).Failure);

        AnswerToken(registry, $$"""{"token":"{{new string('x', RegistryLimits.MaxTokenLength + 1)}}"}""");
        Assert.Equal(ContentFailure.Corrupt, (await Assert.ThrowsAsync<ContentException>(() => ResolveAsync(sources, registry, Good))).Failure);

        AnswerToken(registry, $$"""{"token":"t","x":{{new string('[', RegistryLimits.MaxJsonDepth)}}{{new string(']', RegistryLimits.MaxJsonDepth)}}}""");
        Assert.Equal(ContentFailure.Corrupt, (await Assert.ThrowsAsync<ContentException>(() => ResolveAsync(sources, registry, Good))).Failure);
    }

    [Fact]
    public async Task ResolveAsync_SeveralScopes_AreReducedToReadingAndBounded()
    {
        await using var registry = await TestRegistry.StartAsync(Bearer with { AnonymousPull = true });
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");
        var scope = "aws repository:org/base:pull,push,delete repository:org/app:* registry:catalog:*";
        registry.Intercept = context =>
        {
            if (context.Request.Path == "/token" || context.Request.Headers.Authorization.Count > 0)
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{registry.Url}/token\",scope=\"{scope}\"";
            return Task.FromResult(true);
        };

        await ResolveAsync(sources, registry, null);

        Assert.Equal("?scope=repository%3Aorg%2Fapp%3Apull&scope=aws&scope=repository%3Aorg%2Fbase%3Apull", registry.Requests.Single(r => r.Path == "/token").Query);

        scope = string.Join(' ', Enumerable.Range(0, RegistryLimits.MaxScopes).Select(i => $"repository:r{i}:pull"));
        using var fresh = new Sources(plainHttp: registry.Host);
        Assert.Equal(ContentFailure.LimitExceeded, (await Assert.ThrowsAsync<ContentException>(() => ResolveAsync(fresh, registry, null))).Failure);
    }

    [Fact]
    public async Task ResolveAsync_DockerConfig_StandsInForACallerWithoutCredentials()
    {
        await using var registry = await TestRegistry.StartAsync(Basic);
        using var sources = new Sources(
            dockerConfig: $$"""{"auths":{"{{registry.Host}}":{"username":"user","password":"good-password"} } }""", plainHttp: registry.Host);
        registry.Store.PutImage("org/app");

        await ResolveAsync(sources, registry, null);
        await UnauthorizedAsync(sources, registry, new RegistryCredential { Username = "user", Password = "bad" });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ResolveAsync_OpenRepositoryBesideAClosedOne_StaysOpenWhateverIsRemembered(bool tokens)
    {
        await using var registry = await TestRegistry.StartAsync(tokens ? Bearer : Basic);
        using var sources = new Sources(plainHttp: registry.Host);
        registry.Store.PutImage("org/app");
        var open = registry.Store.PutImage("org/open");
        registry.Intercept = async context =>
        {
            if (context.Request.Headers.Authorization.Count > 0 || !context.Request.Path.StartsWithSegments("/v2/org/open", StringComparison.Ordinal))
            {
                return false;
            }

            await HostileRegistry.Bytes(MediaTypes.OciManifest, registry.Store.Manifests[("org/open", open)].Content)(context);
            return true;
        };
        await ResolveAsync(sources, registry, Good);

        foreach (var credential in (RegistryCredential?[])[null, new() { Username = "user", Password = "bad" }, new() { IdentityToken = "bad" }])
        {
            Assert.Equal(open, (await ResolveAsync(sources, registry, credential, "/org/open:v1")).Descriptor.Digest);
        }
    }

    private static void AnswerToken(TestRegistry registry, string answer) => registry.Intercept = async context =>
    {
        if (context.Request.Path != "/token")
        {
            return false;
        }

        await HostileRegistry.Bytes("application/json", System.Text.Encoding.UTF8.GetBytes(answer))(context);
        return true;
    };

    private static async Task<FetchedManifest> ResolveAsync(Sources sources, TestRegistry registry, RegistryCredential? credential, string path = "/org/app:v1")
    {
        var reference = ImageReference.Parse(registry.Host + path);
        return await sources.Factory.Open(reference, credential).ResolveAsync(reference, CancellationToken.None);
    }

    private static async Task<string> UnauthorizedAsync(Sources sources, TestRegistry registry, RegistryCredential? credential)
    {
        var e = await Assert.ThrowsAsync<ContentException>(() => ResolveAsync(sources, registry, credential));
        Assert.Equal(ContentFailure.Unauthorized, e.Failure);
        return e.Message;
    }
}
