using System.Text;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Time;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Tests.Kubernetes;

public sealed class KubernetesClientTests : IAsyncLifetime
{
    private static readonly ObjectAddress Secret = ObjectAddress.Secret("team", "pull")!;

    private readonly FakeTimeProvider _time = new();
    private Cluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await Cluster.StartAsync(_time);
        _cluster.Server.AddSecret("team", "pull", "Opaque", ("key", "top-secret-value"u8.ToArray()));
    }

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task GetAsync_Object_IsRead()
    {
        using var answer = await GetAsync();

        Assert.Equal(KubernetesOutcome.Done, answer.Outcome);
        Assert.Equal("pull", answer.Document!.RootElement.GetProperty("metadata").GetProperty("name").GetString());
        Assert.Equal("get api/v1/namespaces/team/secrets/pull", Assert.Single(_cluster.Server.Requests));
    }

    [Theory]
    [InlineData(ApiFault.Forbidden, KubernetesOutcome.Forbidden, "403")]
    [InlineData(ApiFault.Conflict, KubernetesOutcome.Conflict, "409")]
    [InlineData(ApiFault.InternalError, KubernetesOutcome.Unavailable, "500")]
    [InlineData(ApiFault.Oversized, KubernetesOutcome.TooLarge, "more than 4194304 bytes")]
    [InlineData(ApiFault.NotJson, KubernetesOutcome.Malformed, "no JSON object")]
    [InlineData(ApiFault.Redirect, KubernetesOutcome.Refused, "302")]
    public async Task GetAsync_Fault_HasItsName(ApiFault fault, object outcome, string text)
    {
        _cluster.Server.Fault = (_, _) => fault;

        using var answer = await GetAsync();

        Assert.Equal(outcome, answer.Outcome);
        Assert.Null(answer.Document);
        Assert.Contains(text, answer.Problem, StringComparison.Ordinal);
        Assert.Contains("secret 'pull' in namespace 'team'", answer.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("must not be repeated", answer.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(_cluster.Server.Token, answer.Problem, StringComparison.Ordinal);
        Assert.Single(_cluster.Server.Requests);
    }

    [Fact]
    public async Task GetAsync_NoSuchObject_IsNotFound()
    {
        using var answer = await _cluster.Client.GetAsync(ObjectAddress.Secret("team", "other")!, default);

        Assert.Equal(KubernetesOutcome.NotFound, answer.Outcome);
    }

    [Fact]
    public async Task GetAsync_NoAnswer_TimesOutAfterItsLimit()
    {
        _cluster.Server.Fault = (_, _) => ApiFault.Hangs;
        var asked = new TaskCompletionSource();
        _cluster.Server.Before = (_, _) => asked.SetResult();

        var question = GetAsync();
        await asked.Task;
        _time.Advance(WebhookLimits.ApiTimeout);
        using var answer = await question;

        Assert.Equal(KubernetesOutcome.TimedOut, answer.Outcome);
        Assert.Contains("within 3 s", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_CallerGone_IsCancelledAndNoAnswer()
    {
        _cluster.Server.Fault = (_, _) => ApiFault.Hangs;
        using var caller = new CancellationTokenSource();
        _cluster.Server.Before = (_, _) => caller.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _cluster.Client.GetAsync(Secret, caller.Token));
    }

    [Fact]
    public async Task GetAsync_TokenRenewed_IsReadAgain()
    {
        using var before = await GetAsync();
        _cluster.Server.RotateToken();
        using var old = await GetAsync();
        _cluster.Server.WriteMount(_cluster.Mount);
        using var after = await GetAsync();

        Assert.Equal(KubernetesOutcome.Done, before.Outcome);
        Assert.Equal(KubernetesOutcome.Unauthorized, old.Outcome);
        Assert.Equal(KubernetesOutcome.Done, after.Outcome);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("one\r\nX-Other: two")]
    public async Task GetAsync_NoToken_AsksNothing(string? token)
    {
        File.Delete(Path.Combine(_cluster.Mount, "token"));
        if (token is not null)
        {
            File.WriteAllText(Path.Combine(_cluster.Mount, "token"), token);
        }

        using var answer = await GetAsync();

        Assert.Equal(KubernetesOutcome.NoCredentials, answer.Outcome);
        Assert.Empty(_cluster.Server.Requests);
    }

    [Fact]
    public async Task GetAsync_OtherAuthority_ShowsNoToken()
    {
        using var other = new TestCertificates();
        File.WriteAllText(Path.Combine(_cluster.Mount, "ca.crt"), other.AuthorityPem);

        using var answer = await GetAsync();

        Assert.Equal(KubernetesOutcome.Untrusted, answer.Outcome);
        Assert.Empty(_cluster.Server.Requests);
    }

    [Fact]
    public async Task GetAsync_AuthorityAddedLater_IsReadAgain()
    {
        var authority = Path.Combine(_cluster.Mount, "ca.crt");
        var good = await File.ReadAllTextAsync(authority);
        using var other = new TestCertificates();
        await File.WriteAllTextAsync(authority, other.AuthorityPem);
        using var before = await GetAsync();
        await File.WriteAllTextAsync(authority, other.AuthorityPem + "\n" + good);
        using var after = await GetAsync();

        Assert.Equal(KubernetesOutcome.Untrusted, before.Outcome);
        Assert.Equal(KubernetesOutcome.Done, after.Outcome);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task GetAsync_NoAuthority_IsNotAsked(string? content)
    {
        File.Delete(Path.Combine(_cluster.Mount, "ca.crt"));
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(_cluster.Mount, "ca.crt"), content);
        }

        using var answer = await GetAsync();

        Assert.NotEqual(KubernetesOutcome.Done, answer.Outcome);
        Assert.Contains("ca.crt", answer.Problem, StringComparison.Ordinal);
        Assert.Empty(_cluster.Server.Requests);
    }

    [Fact]
    public async Task GetAsync_OtherName_IsUntrusted()
    {
        // The same server by an address that its certificate does not name.
        await using var elsewhere = await Cluster.StartAsync();
        using var client = elsewhere.Connect(elsewhere.Server.Url.Replace("127.0.0.1", "[::ffff:127.0.0.1]", StringComparison.Ordinal));

        using var answer = await client.GetAsync(Secret, default);

        Assert.Equal(KubernetesOutcome.Untrusted, answer.Outcome);
    }

    [Fact]
    public async Task GetAsync_NobodyThere_IsUnreachable()
    {
        var url = _cluster.Server.Url;
        await _cluster.Server.DisposeAsync();
        using var client = _cluster.Connect(url);

        using var answer = await client.GetAsync(Secret, default);

        Assert.Equal(KubernetesOutcome.Unreachable, answer.Outcome);
    }

    [Fact]
    public async Task GetAsync_ProxyOnThisMachine_GetsNoToken()
    {
        await using var proxy = await ScriptedServer.StartAsync(async context =>
            await context.Response.Body.WriteAsync("{}"u8.ToArray()));
        using var client = _cluster.Connect(proxy.Url);

        using var answer = await client.GetAsync(Secret, default);

        Assert.Equal(KubernetesOutcome.Done, answer.Outcome);
        Assert.Null(Assert.Single(proxy.Requests).Authorization);
    }

    [Fact]
    public async Task ReplaceAsync_OldVersion_IsAConflict()
    {
        using var read = await GetAsync();
        var json = Encoding.UTF8.GetBytes(read.Document!.RootElement.GetRawText());
        using var first = await _cluster.Client.ReplaceAsync(Secret, json, default);
        using var second = await _cluster.Client.ReplaceAsync(Secret, json, default);

        Assert.Equal(KubernetesOutcome.Done, first.Outcome);
        Assert.Equal(KubernetesOutcome.Conflict, second.Outcome);
    }

    [Fact]
    public async Task CreateAsync_Existing_IsAConflict()
    {
        using var answer = await _cluster.Client.CreateAsync(Secret, """{"metadata": {"name": "pull"}}"""u8.ToArray(), default);

        Assert.Equal(KubernetesOutcome.Conflict, answer.Outcome);
    }

    [Fact]
    public async Task PatchAsync_NamedEntry_ChangesThatOneAlone()
    {
        _cluster.Server.AddWebhookConfigurations("nodegate", "nodegate", "nodegate-webhook");

        using var answer = await _cluster.Client.PatchAsync(
            ObjectAddress.MutatingWebhooks("nodegate")!, """{"webhooks": [{"name": "images.nodegate.dev", "clientConfig": {"caBundle": "QQ=="}}]}"""u8.ToArray(), default);

        var webhooks = answer.Document!.RootElement.GetProperty("webhooks");
        Assert.Equal("T1RIRVI=", webhooks[0].GetProperty("clientConfig").GetProperty("caBundle").GetString());
        Assert.Equal("QQ==", webhooks[1].GetProperty("clientConfig").GetProperty("caBundle").GetString());
        Assert.Equal("/x", webhooks[1].GetProperty("clientConfig").GetProperty("service").GetProperty("path").GetString());
    }

    [Fact]
    public void ServiceAccount_Token_IsWhoItIsFor() => Assert.Equal(ApiServer.ServiceAccount, _cluster.Client.ServiceAccount);

    [Theory]
    [InlineData("opaque")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    [InlineData("e30.eyJzdWIiOjF9.e30")]
    [InlineData("e30.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIDsgcm0ifQ.e30")]
    public void ServiceAccount_TokenThatDoesNotSay_IsAPlaceholder(string token)
    {
        File.WriteAllText(Path.Combine(_cluster.Mount, "token"), token);

        Assert.Equal("NAMESPACE:SERVICEACCOUNT", _cluster.Client.ServiceAccount);
    }

    private Task<KubernetesAnswer> GetAsync() => _cluster.Client.GetAsync(Secret, default);
}
