using System.Collections.Immutable;
using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.Time;
using NodeGate.Webhook.Kubernetes;
using NodeGate.Webhook.Tests.Certificates;

namespace NodeGate.Webhook.Tests.Kubernetes;

public sealed class PullSecretsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly ProblemLog<PullSecrets> _log = new();
    private Cluster _cluster = null!;
    private PullSecrets _secrets = null!;

    public async Task InitializeAsync()
    {
        _cluster = await Cluster.StartAsync(_time);
        _secrets = new PullSecrets(_cluster.Client, _time, _log);
    }

    public async Task DisposeAsync()
    {
        _secrets.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task FindAsync_SecretOfThePod_IsUsedAndTheAccountNotAsked()
    {
        _cluster.Server.AddPullSecret("team", "pull", "ghcr.io", "robot", "pa:ss");

        var keyring = await FindAsync("pull");

        var credential = Assert.Single(keyring.For(ImageReference.Parse("ghcr.io/org/app")));
        Assert.Equal(("robot", "pa:ss", null, null), (credential.Username, credential.Password, credential.IdentityToken, credential.ServerAddress));
        Assert.Empty(keyring.For(ImageReference.Parse("quay.io/org/app")));
        Assert.Empty(keyring.Problems);
        Assert.Equal("get api/v1/namespaces/team/secrets/pull", Assert.Single(_cluster.Server.Requests));
    }

    [Theory]
    [InlineData(null, "default")]
    [InlineData("builder", "builder")]
    public async Task FindAsync_NoneInThePod_AreThoseOfItsAccount(string? account, string expected)
    {
        _cluster.Server.AddServiceAccount("team", expected, "first", "second");
        _cluster.Server.AddPullSecret("team", "first", "ghcr.io", "one", "1");
        _cluster.Server.AddPullSecret("team", "second", "ghcr.io", "two", "2");

        var keyring = await _secrets.FindAsync(new PullSecretsOwner("team", account, []), default);

        Assert.Equal(["one", "two"], Users(keyring, "ghcr.io/org/app"));
        Assert.Empty(keyring.Problems);
    }

    [Fact]
    public async Task FindAsync_SeveralEntries_ComeFromTheMostPathToTheLeast()
    {
        Add("first", """{"auths": {"ghcr.io": {"auth": "aG9zdDox"}, "*.io": {"auth": "Z2xvYjox"}, "ghcr.io/org/app": {"auth": "YXBwOjE="}}}""");
        Add("second", """{"auths": {"https://ghcr.io/org": {"auth": "b3JnOjE="}, "ghcr.io": {"username": "host2", "password": "1"}}}""");

        var keyring = await FindAsync("first", "second");

        Assert.Equal(["app", "org", "host", "host2", "glob"], Users(keyring, "ghcr.io/org/app"));
        Assert.Equal(["host", "host2", "glob"], Users(keyring, "ghcr.io/x"));
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/", "nginx", true)]
    [InlineData("index.docker.io", "docker.io/team/app", true)]
    [InlineData("docker.io", "nginx", true)]
    [InlineData("https://index.docker.io/v1/", "ghcr.io/team/app", false)]
    [InlineData("registry-1.docker.io", "nginx", false)]
    public async Task FindAsync_DockerHub_IsFoundAsTheKubeletFindsIt(string key, string image, bool expected)
    {
        _cluster.Server.AddPullSecret("team", "pull", key, "hub", "1");

        Assert.Equal(expected, (await FindAsync("pull")).For(ImageReference.Parse(image)).Length == 1);
    }

    [Fact]
    public async Task FindAsync_OldType_IsRead()
    {
        _cluster.Server.AddSecret("team", "old", "kubernetes.io/dockercfg", (".dockercfg", """{"ghcr.io": {"auth": "dXNlcjpwYXNz"}}"""u8.ToArray()));

        Assert.Equal(["user"], Users(await FindAsync("old"), "ghcr.io/org/app"));
    }

    [Theory]
    [InlineData("dXNlcjpwYXNzd2Q=")]
    [InlineData("dXNlcjpwYXNzd2Q")]
    [InlineData("dXNl\\r\\ncjpwYXNzd2Q=\\n")]
    public async Task FindAsync_Auth_IsDecodedWithAndWithoutPadding(string auth)
    {
        Add("pull", $$"""{"auths": {"ghcr.io": {"username": "not", "password": "this", "auth": "{{auth}}"} } }""");

        var credential = Assert.Single((await FindAsync("pull")).For(ImageReference.Parse("ghcr.io/org/app")));
        Assert.Equal(("user", "passwd"), (credential.Username, credential.Password));
    }

    [Fact]
    public async Task FindAsync_IdentityToken_IsTheCredential()
    {
        Add("pull", """{"auths": {"ghcr.io": {"auth": "PHRva2VuPjo=", "identitytoken": "refresh"}}}""");

        var credential = Assert.Single((await FindAsync("pull")).For(ImageReference.Parse("ghcr.io/org/app")));
        Assert.Equal((null, null, "refresh"), (credential.Username, credential.Password, credential.IdentityToken));
    }

    [Theory]
    [InlineData("""{"auths": {"ghcr.io": {"auth": "%%%"}}}""", "no base64 of user:password")]
    [InlineData("""{"auths": {"ghcr.io": {"auth": "dXNlcg=="}}}""", "no base64 of user:password")]
    [InlineData("""{"auths": {"ghcr.io": {"password": "hunter2", "password": "x"}}}""", "something else than strict JSON")]
    [InlineData("""{"auths": {"ghcr.io": {"password": 7}}}""", "something else than strict JSON")]
    [InlineData("""{"auths": ["hunter2"]}""", "something else than strict JSON")]
    [InlineData("""["hunter2"]""", "something else than strict JSON")]
    [InlineData("""{"auths": {"ghcr.io": {"password": "hunter2"}}""", "something else than strict JSON")]
    [InlineData("""{"auths": {"ghcr.io": {"password": "hunter2\ud800"}}}""", "something else than strict JSON")]
    [InlineData("""{"ghcr.io": {"password": "hunter2"}}""", "has no 'auths'")]
    [InlineData("", "has no '.dockerconfigjson'")]
    public async Task FindAsync_UnusableSecret_IsSkippedWithAProblem(string content, string expected)
    {
        Add("bad", content);
        _cluster.Server.AddPullSecret("team", "good", "ghcr.io", "robot", "pass");

        var keyring = await FindAsync("bad", "good");

        Assert.Equal(["robot"], Users(keyring, "ghcr.io/org/app"));
        var problem = Assert.Single(keyring.Problems);
        Assert.StartsWith("The secret 'bad' in namespace 'team' ", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.All(_log.Texts.Append(problem), text => Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FindAsync_OtherType_IsSkippedWithAProblem()
    {
        _cluster.Server.AddSecret("team", "tls", "kubernetes.io/tls", (".dockerconfigjson", "{}"u8.ToArray()));

        Assert.Contains("another type than kubernetes.io/dockerconfigjson", Assert.Single((await FindAsync("tls")).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_TooManyEntries_IsAProblem()
    {
        var entries = Enumerable.Range(0, WebhookLimits.MaxPullSecretEntries + 1).Select(i => $$"""" "r{{i}}.example": {} """");
        Add("pull", $$"""{"auths": { {{string.Join(',', entries)}} } }""");

        Assert.Contains($"more than {WebhookLimits.MaxPullSecretEntries} entries", Assert.Single((await FindAsync("pull")).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_TooLargeASecret_IsAProblem()
    {
        Add("pull", "{" + new string(' ', WebhookLimits.MaxPullSecretBytes) + "}");

        Assert.Contains($"at most {WebhookLimits.MaxPullSecretBytes}", Assert.Single((await FindAsync("pull")).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_TooManySecrets_ReadsTheFirst()
    {
        var keyring = await FindAsync([.. Enumerable.Range(0, WebhookLimits.MaxPullSecrets + 1).Select(i => $"s{i}")]);

        Assert.Contains(keyring.Problems, problem => problem.Contains($"the first {WebhookLimits.MaxPullSecrets} are read", StringComparison.Ordinal));
        Assert.Equal(WebhookLimits.MaxPullSecrets, _cluster.Server.Requests.Count);
    }

    [Fact]
    public async Task FindAsync_MissingSecret_IsSkippedAndAskedForAgainSoon()
    {
        var before = await FindAsync("pull");
        _cluster.Server.AddPullSecret("team", "pull", "ghcr.io", "robot", "pass");
        _time.Advance(WebhookLimits.FailedReadMemory);
        var after = await FindAsync("pull");

        Assert.Equal("The secret 'pull' in namespace 'team' does not exist.", Assert.Single(before.Problems));
        Assert.Equal(["robot"], Users(after, "ghcr.io/org/app"));
    }

    [Theory]
    [InlineData("secrets", "secret 'pull'")]
    [InlineData("serviceaccounts", "service account 'default'")]
    public async Task FindAsync_Forbidden_SaysWhichCommandGrantsIt(string refused, string what)
    {
        _cluster.Server.AddServiceAccount("team", "default", "pull");
        _cluster.Server.Allows = (_, path) => !path.Contains(refused, StringComparison.Ordinal);

        var keyring = await _secrets.FindAsync(new PullSecretsOwner("team", null, []), default);

        Assert.Equal(
            $"The {what} in namespace 'team' may not be read by the webhook. Fix: kubectl create role nodegate-pull-secrets --namespace=team --verb=get "
            + "--resource=secrets,serviceaccounts && kubectl create rolebinding nodegate-pull-secrets --namespace=team --role=nodegate-pull-secrets "
            + "--serviceaccount=nodegate:nodegate-webhook",
            Assert.Single(keyring.Problems));
    }

    [Fact]
    public async Task FindAsync_OtherFault_IsAProblem()
    {
        _cluster.Server.Fault = (_, _) => ApiFault.InternalError;

        Assert.Contains("answered 500", Assert.Single((await FindAsync("pull")).Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../kube-system/secrets/x")]
    [InlineData("pull?watch=true")]
    public async Task FindAsync_NameThatIsNone_AsksNothing(string name)
    {
        var pod = await FindAsync(name);
        var account = await _secrets.FindAsync(new PullSecretsOwner("team", name, []), default);

        Assert.Contains("A pull secret is named that cannot exist", Assert.Single(pod.Problems), StringComparison.Ordinal);
        Assert.Contains("A service account is named that cannot exist", Assert.Single(account.Problems), StringComparison.Ordinal);
        Assert.Empty(_cluster.Server.Requests);
    }

    [Fact]
    public async Task FindAsync_Burst_IsOneRead()
    {
        _cluster.Server.AddPullSecret("team", "pull", "ghcr.io", "robot", "pass");

        var keyrings = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FindAsync("pull", "pull")));

        Assert.All(keyrings, keyring => Assert.Equal(["robot"], Users(keyring, "ghcr.io/org/app")));
        Assert.Single(_cluster.Server.Requests);
    }

    [Fact]
    public async Task FindAsync_SameNameInTwoNamespaces_AreTwoSecrets()
    {
        _cluster.Server.AddPullSecret("team", "pull", "ghcr.io", "robot", "pass");

        await FindAsync("pull");
        var other = await _secrets.FindAsync(new PullSecretsOwner("other", null, ["pull"]), default);

        Assert.Empty(other.For(ImageReference.Parse("ghcr.io/org/app")));
    }

    [Fact]
    public async Task FindAsync_AfterTenSeconds_IsReadAgainAndWasForgottenBefore()
    {
        _cluster.Server.AddPullSecret("team", "pull", "ghcr.io", "old", "pass");
        await FindAsync("pull");
        _cluster.Server.AddPullSecret("team", "pull", "ghcr.io", "new", "pass");
        _time.Advance(WebhookLimits.PullSecretMemory - TimeSpan.FromMilliseconds(1));
        Assert.Equal(["old"], Users(await FindAsync("pull"), "ghcr.io/org/app"));

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(0, _secrets.Remembered);
        Assert.Equal(["new"], Users(await FindAsync("pull"), "ghcr.io/org/app"));
    }

    [Fact]
    public async Task FindAsync_ManySecrets_AreNotAllKept()
    {
        for (var i = 0; i <= WebhookLimits.MaxRemembered; i += WebhookLimits.MaxPullSecrets)
        {
            await FindAsync([.. Enumerable.Range(i, WebhookLimits.MaxPullSecrets).Select(n => $"s{n}")]);
        }

        Assert.InRange(_secrets.Remembered, 1, WebhookLimits.MaxRemembered);
    }

    [Fact]
    public async Task FindAsync_OneCallerGone_TheOtherStillGetsIt()
    {
        _cluster.Server.AddPullSecret("team", "pull", "ghcr.io", "robot", "pass");
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _cluster.Server.Before = (_, _) =>
        {
            asked.SetResult();
            go.Task.Wait();
        };
        using var hasty = new CancellationTokenSource();
        var first = _secrets.FindAsync(new PullSecretsOwner("team", null, ["pull"]), hasty.Token);
        await asked.Task;
        var second = FindAsync("pull");

        await hasty.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();

        Assert.Equal(["robot"], Users(await second, "ghcr.io/org/app"));
    }

    /// <summary>Attack: a pod that names many secrets of a megabyte each, all in memory at once.</summary>
    [Fact]
    public async Task FindAsync_ManySecrets_AreReadAFewAtATime()
    {
        var now = 0;
        using var tooMany = new ManualResetEventSlim();
        _cluster.Server.Before = (_, _) =>
        {
            if (Interlocked.Increment(ref now) > WebhookLimits.MaxApiConnections)
            {
                tooMany.Set();
            }

            tooMany.Wait(TimeSpan.FromMilliseconds(200));
            Interlocked.Decrement(ref now);
        };

        await FindAsync([.. Enumerable.Range(0, WebhookLimits.MaxPullSecrets).Select(i => $"s{i}")]);

        Assert.False(tooMany.IsSet);
    }

    /// <summary>Attack: an account with more names than anybody reads, kept for ten seconds.</summary>
    [Fact]
    public async Task FindAsync_AccountWithTooManySecrets_ReadsTheFirst()
    {
        _cluster.Server.AddServiceAccount("team", "default", [new string('s', WebhookLimits.MaxNameLength + 1), .. Enumerable.Range(0, 1000).Select(i => $"s{i}")]);

        var keyring = await FindAsync();

        Assert.Contains(keyring.Problems, problem => problem.Contains($"the first {WebhookLimits.MaxPullSecrets} are read", StringComparison.Ordinal));
        Assert.DoesNotContain(keyring.Problems, problem => problem.Contains("cannot exist", StringComparison.Ordinal));
        Assert.Equal(WebhookLimits.MaxPullSecrets + 1, _cluster.Server.Requests.Count);
    }

    private static IEnumerable<string?> Users(PullKeyring keyring, string image) =>
        keyring.For(ImageReference.Parse(image)).Select(credential => credential.Username);

    private Task<PullKeyring> FindAsync(params ImmutableArray<string> names) => _secrets.FindAsync(new PullSecretsOwner("team", null, names), default);

    private void Add(string name, string config) =>
        _cluster.Server.AddSecret("team", name, "kubernetes.io/dockerconfigjson", (".dockerconfigjson", Encoding.UTF8.GetBytes(config)));
}
