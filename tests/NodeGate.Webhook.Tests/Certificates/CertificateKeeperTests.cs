using System.Security.Cryptography.X509Certificates;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.Registries;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Tests.Certificates;

public sealed class CertificateKeeperTests : IAsyncLifetime
{
    private static readonly string[] FirstWrites =
        ["update secrets", "patch mutatingwebhookconfigurations", "patch validatingwebhookconfigurations", "update secrets"];

    private ManagedCluster _managed = null!;

    private ApiServer Server => _managed.Cluster.Server;

    public async Task InitializeAsync() => _managed = await ManagedCluster.StartAsync();

    public Task DisposeAsync() => _managed.DisposeAsync().AsTask();

    [Fact]
    public async Task KeepAsync_EmptySecret_MakesAuthorityThenBundlesThenCertificate()
    {
        var kept = await KeepAsync();

        Assert.Empty(kept.Problems);
        Assert.Equal(FirstWrites, _managed.Writes());
        var authority = Assert.Single(_managed.Authorities());
        Assert.Equal(authority.Subject, kept.Pair!.Leaf.Issuer);
        Assert.Equal(authority.Thumbprint, Assert.Single(_managed.Bundle(ManagedCluster.MutatingPath)).Thumbprint);
        Assert.Equal(authority.Thumbprint, Assert.Single(_managed.Bundle(ManagedCluster.ValidatingPath)).Thumbprint);
        Assert.Equal(
            ["nodegate-webhook", "nodegate-webhook.nodegate", "nodegate-webhook.nodegate.svc", "nodegate-webhook.nodegate.svc.cluster.local"],
            kept.Pair.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        Assert.All(["tls.key", "ca.key"], key => Assert.Contains("PRIVATE KEY", _managed.Pem(key), StringComparison.Ordinal));
        Assert.Equal(4, _managed.Steps.Count);
    }

    [Fact]
    public async Task KeepAsync_Again_ChangesNothing()
    {
        var first = await KeepAsync();
        Server.ClearRequests();
        _managed.Steps.Clear();

        var second = await KeepAsync();

        Assert.Equal(first.Pair!.Leaf.Thumbprint, second.Pair!.Leaf.Thumbprint);
        Assert.True(second.Pair.Leaf.HasPrivateKey);
        Assert.Empty(_managed.Writes());
        Assert.Empty(_managed.Steps);
    }

    [Fact]
    public async Task KeepAsync_WebhooksOfOthers_KeepTheirs()
    {
        var before = Server.Find(ManagedCluster.MutatingPath)!["webhooks"]![0]!.ToJsonString();

        await KeepAsync();

        Assert.Equal(before, Server.Find(ManagedCluster.MutatingPath)!["webhooks"]![0]!.ToJsonString());
        Assert.Equal("/x", (string?)Server.Find(ManagedCluster.MutatingPath)!["webhooks"]![1]!["clientConfig"]!["service"]!["path"]);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public async Task KeepAsync_LessThanAThirdLeft_IsRenewedByTheSameAuthority(int days, bool renewed)
    {
        var first = await KeepAsync();
        _managed.Time.Advance(TimeSpan.FromDays(days));
        Server.ClearRequests();

        var second = await KeepAsync();

        Assert.Equal(renewed, first.Pair!.Leaf.Thumbprint != second.Pair!.Leaf.Thumbprint);
        Assert.Equal(first.Pair.Leaf.Issuer, second.Pair.Leaf.Issuer);
        Assert.Equal(renewed ? ["update secrets"] : [], _managed.Writes());
        Assert.Single(_managed.Authorities());
    }

    [Fact]
    public async Task KeepAsync_AuthorityInItsLastYear_IsFollowedByANewOneBesideIt()
    {
        var first = await KeepAsync();
        _managed.Time.Advance(TimeSpan.FromDays(3652 - 364));
        Server.ClearRequests();

        var second = await KeepAsync();

        Assert.Equal(FirstWrites, _managed.Writes());
        Assert.Equal(2, _managed.Authorities().Count);
        Assert.Equal(_managed.Authorities()[0].Subject, second.Pair!.Leaf.Issuer);
        Assert.Equal(_managed.Authorities()[1].Subject, first.Pair!.Leaf.Issuer);
        Assert.Equal(2, _managed.Bundle(ManagedCluster.MutatingPath).Count);
        Assert.Equal(2, _managed.Bundle(ManagedCluster.ValidatingPath).Count);
    }

    [Fact]
    public async Task KeepAsync_AuthorityEnded_IsTakenOutOfTheBundles()
    {
        await KeepAsync();
        _managed.Time.Advance(TimeSpan.FromDays(3652 - 364));
        await KeepAsync();
        _managed.Time.Advance(TimeSpan.FromDays(365));

        var third = await KeepAsync();

        Assert.Equal(third.Pair!.Leaf.Issuer, Assert.Single(_managed.Bundle(ManagedCluster.MutatingPath)).Subject);
        Assert.Equal(third.Pair.Leaf.Issuer, Assert.Single(_managed.Bundle(ManagedCluster.ValidatingPath)).Subject);
    }

    [Fact]
    public async Task KeepAsync_BundlesNotReached_KeepsTheCertificateOfTheAuthorityBefore()
    {
        var first = await KeepAsync();
        // With an authority in its last year and a certificate that is good still.
        _managed.Time.Advance(TimeSpan.FromDays(3652 - 364 - 40));
        var second = await KeepAsync();
        _managed.Time.Advance(TimeSpan.FromDays(41));
        Server.Fault = (_, path) => path == ManagedCluster.ValidatingPath ? ApiFault.InternalError : ApiFault.None;

        var third = await KeepAsync();
        Server.Fault = (_, _) => ApiFault.None;
        var fourth = await KeepAsync();

        Assert.Equal(second.Pair!.Leaf.Thumbprint, third.Pair!.Leaf.Thumbprint);
        Assert.Contains("answered 500", Assert.Single(third.Problems), StringComparison.Ordinal);
        Assert.Equal(2, _managed.Authorities().Count);
        Assert.Equal(first.Pair!.Leaf.Issuer, third.Pair.Leaf.Issuer);
        Assert.Equal(_managed.Authorities()[0].Subject, fourth.Pair!.Leaf.Issuer);
        Assert.Empty(fourth.Problems);
    }

    [Fact]
    public async Task KeepAsync_BundlesForbiddenAtFirst_StillMakesACertificateAndSaysTheFix()
    {
        Server.Allows = (_, path) => !path.Contains("webhookconfigurations", StringComparison.Ordinal);

        var kept = await KeepAsync();

        Assert.NotNull(kept.Pair);
        Assert.Equal(2, kept.Problems.Length);
        Assert.Equal(
            "The MutatingWebhookConfiguration 'nodegate-webhook' may not be read or patched by the webhook, so that its caBundle is not kept. Fix: kubectl create "
            + "clusterrole nodegate-webhook-certificates --verb=get,patch --resource=mutatingwebhookconfigurations,validatingwebhookconfigurations "
            + "--resource-name=nodegate-webhook && kubectl create clusterrolebinding nodegate-webhook-certificates --clusterrole=nodegate-webhook-certificates "
            + "--serviceaccount=nodegate:nodegate-webhook",
            kept.Problems[0]);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("update")]
    public async Task KeepAsync_SecretForbidden_SaysTheFix(string verb)
    {
        Server.Allows = (asked, path) => asked != verb || path != ManagedCluster.SecretPath;

        var kept = await KeepAsync();

        Assert.Equal(
            "The secret 'nodegate-webhook-tls' in namespace 'nodegate' may not be read or written by the webhook. Fix: kubectl create role "
            + "nodegate-webhook-certificates --namespace=nodegate --verb=get,update --resource=secrets --resource-name=nodegate-webhook-tls && kubectl create "
            + "rolebinding nodegate-webhook-certificates --namespace=nodegate --role=nodegate-webhook-certificates --serviceaccount=nodegate:nodegate-webhook",
            Assert.Single(kept.Problems));
    }

    [Fact]
    public async Task KeepAsync_NoSecret_IsMade()
    {
        Server.Remove(ManagedCluster.SecretPath);

        var kept = await KeepAsync();

        Assert.Empty(kept.Problems);
        Assert.Contains("made", _managed.Steps[0], StringComparison.Ordinal);
        Assert.Equal("Opaque", (string?)Server.Find(ManagedCluster.SecretPath)!["type"]);
    }

    [Fact]
    public async Task KeepAsync_NoSecretAndNoRight_SaysTheCommand()
    {
        Server.Remove(ManagedCluster.SecretPath);
        Server.Allows = (verb, _) => verb != "create";

        var problem = Assert.Single((await KeepAsync()).Problems);

        Assert.EndsWith("Fix: kubectl create secret generic nodegate-webhook-tls --namespace=nodegate", problem, StringComparison.Ordinal);
        Assert.Contains("403", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeepAsync_NoConfiguration_IsAProblemUntilItIsThere()
    {
        Server.Remove(ManagedCluster.MutatingPath);
        Server.Remove(ManagedCluster.ValidatingPath);

        var before = await KeepAsync();
        Server.AddWebhookConfigurations("nodegate-webhook", "nodegate", "nodegate-webhook");
        var after = await KeepAsync();

        Assert.Contains("There is neither a MutatingWebhookConfiguration 'nodegate-webhook' nor", Assert.Single(before.Problems), StringComparison.Ordinal);
        Assert.Empty(after.Problems);
        Assert.Single(_managed.Bundle(ManagedCluster.ValidatingPath));
    }

    [Fact]
    public async Task KeepAsync_OnlyOneKindOfConfiguration_IsEnough()
    {
        Server.Remove(ManagedCluster.MutatingPath);

        Assert.Empty((await KeepAsync()).Problems);
    }

    [Fact]
    public async Task KeepAsync_ConfigurationOfAnotherService_IsLeftAlone()
    {
        Server.AddWebhookConfigurations("nodegate-webhook", "nodegate", "other-service");

        var kept = await KeepAsync();

        Assert.Contains("calls the service 'nodegate-webhook' in namespace 'nodegate'", Assert.Single(kept.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain(_managed.Writes(), write => write.StartsWith("patch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task KeepAsync_SameServiceInAnotherNamespace_IsLeftAlone()
    {
        Server.AddWebhookConfigurations("nodegate-webhook", "other", "nodegate-webhook");

        Assert.Single((await KeepAsync()).Problems);
        Assert.Empty(_managed.Bundle(ManagedCluster.MutatingPath));
    }

    [Fact]
    public async Task KeepAsync_AnotherAuthorityInTheBundle_Stays()
    {
        using var other = new TestCertificates("before us");
        SetBundle(Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(other.AuthorityPem)));

        await KeepAsync();

        Assert.Contains(_managed.Bundle(ManagedCluster.MutatingPath), one => one.Subject == "CN=before us");
        Assert.Equal(2, _managed.Bundle(ManagedCluster.MutatingPath).Count);
    }

    [Theory]
    [InlineData("Cg==")]
    [InlineData("not base64")]
    [InlineData("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBQUEKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=")]
    public async Task KeepAsync_PlaceholderInTheBundle_IsReplaced(string placeholder)
    {
        SetBundle(placeholder);

        Assert.Empty((await KeepAsync()).Problems);
        Assert.Single(_managed.Bundle(ManagedCluster.MutatingPath));
    }

    [Fact]
    public async Task KeepAsync_BundleEmptiedByAnApply_IsFilledAgain()
    {
        var first = await KeepAsync();
        Server.AddWebhookConfigurations("nodegate-webhook", "nodegate", "nodegate-webhook");

        var second = await KeepAsync();

        Assert.Equal(first.Pair!.Leaf.Thumbprint, second.Pair!.Leaf.Thumbprint);
        Assert.Single(_managed.Bundle(ManagedCluster.MutatingPath));
        Assert.Single(_managed.Bundle(ManagedCluster.ValidatingPath));
    }

    [Fact]
    public async Task KeepAsync_CertificateOfSomebodyElse_IsNotReplaced()
    {
        using var certManager = new TestCertificates();
        var (certificate, key) = certManager.IssueClient("x");
        Server.AddSecret("nodegate", "nodegate-webhook-tls", "kubernetes.io/tls", ("tls.crt", Bytes(certificate)), ("tls.key", Bytes(key)), ("ca.crt", Bytes(certManager.AuthorityPem)));

        var kept = await KeepAsync();

        Assert.Contains("was not made here", Assert.Single(kept.Problems), StringComparison.Ordinal);
        Assert.Empty(_managed.Writes());
    }

    [Theory]
    [InlineData("ca.crt", "garbage")]
    [InlineData("ca.key", "garbage")]
    public async Task KeepAsync_AuthorityThatCannotBeUsed_IsMadeAnew(string key, string content)
    {
        var first = await KeepAsync();
        Change(key, content);

        var second = await KeepAsync();

        Assert.Empty(second.Problems);
        Assert.NotEqual(first.Pair!.Leaf.Issuer, second.Pair!.Leaf.Issuer);
        Assert.Contains(_managed.Steps, step => step.Contains("because ca.crt", StringComparison.Ordinal));
        Assert.DoesNotContain(_managed.Steps, step => step.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tls.crt", "garbage")]
    [InlineData("tls.key", "garbage")]
    public async Task KeepAsync_CertificateThatCannotBeUsed_IsMadeAnewByTheSameAuthority(string key, string content)
    {
        var first = await KeepAsync();
        Change(key, content);

        var second = await KeepAsync();

        Assert.Empty(second.Problems);
        Assert.NotEqual(first.Pair!.Leaf.Thumbprint, second.Pair!.Leaf.Thumbprint);
        Assert.Equal(first.Pair.Leaf.Issuer, second.Pair.Leaf.Issuer);
    }

    [Fact]
    public async Task KeepAsync_AuthorityThatIsNone_IsMadeAnew()
    {
        // A server's certificate with its key must not pass for an authority.
        using var other = new TestCertificates();
        var (certificate, key) = other.IssueClient("no authority");
        Server.AddSecret("nodegate", "nodegate-webhook-tls", "Opaque", ("ca.crt", Bytes(certificate)), ("ca.key", Bytes(key)));

        var kept = await KeepAsync();

        Assert.Empty(kept.Problems);
        Assert.NotEqual("CN=no authority", kept.Pair!.Leaf.Issuer);
    }

    [Fact]
    public async Task KeepAsync_ServiceRenamed_IsANewCertificate()
    {
        await KeepAsync();
        Server.AddWebhookConfigurations("nodegate-webhook", "nodegate", "renamed");
        Assert.True(SelfSignedOptions.TryCreate("nodegate", "nodegate-webhook-tls", "renamed", ["nodegate-webhook"], out var options, out _));

        var kept = await new CertificateKeeper(_managed.Cluster.Client, options, _managed.Time, _ => { }).KeepAsync(default);

        Assert.Contains("renamed.nodegate.svc", kept.Pair!.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
    }

    [Fact]
    public async Task KeepAsync_OtherKeysOfTheSecret_Stay()
    {
        Server.AddSecret("nodegate", "nodegate-webhook-tls", "Opaque", ("note", "mine"u8.ToArray()));

        await KeepAsync();

        Assert.Equal("mine", _managed.Pem("note"));
    }

    [Fact]
    public async Task KeepAsync_SomebodyQuicker_TakesTheWinners()
    {
        // The other replica runs a whole pass between our read and our write.
        KeptCertificates? winner = null;
        var other = _managed.Keeper();
        Server.Before = (verb, path) =>
        {
            if (verb == "update" && winner is null)
            {
                winner = new KeptCertificates(null);
                Server.Before = (_, _) => { };
                winner = other.KeepAsync(default).GetAwaiter().GetResult();
            }
        };

        var ours = await KeepAsync();

        Assert.Equal(winner!.Pair!.Leaf.Thumbprint, ours.Pair!.Leaf.Thumbprint);
        Assert.Single(_managed.Authorities());
    }

    [Fact]
    public async Task KeepAsync_ManyReplicasAtOnce_AgreeOnOne()
    {
        var kept = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => _managed.Keeper().KeepAsync(default))));

        Assert.Single(kept.Select(one => one.Pair?.Leaf.Thumbprint).OfType<string>().Distinct());
        Assert.Single(_managed.Authorities());
        Assert.Single(_managed.Bundle(ManagedCluster.MutatingPath));
    }

    [Fact]
    public async Task KeepAsync_AlwaysAConflict_GivesUpForNow()
    {
        Server.Fault = (verb, _) => verb == "update" ? ApiFault.Conflict : ApiFault.None;

        var kept = await KeepAsync();

        Assert.Contains($"{WebhookLimits.MaxConflicts} times in a row", Assert.Single(kept.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeepAsync_ConfigurationChangedMeanwhile_IsPatchedAnew()
    {
        var changed = false;
        Server.Before = (verb, path) =>
        {
            if (verb == "patch" && !changed)
            {
                changed = true;
                Server.AddWebhookConfigurations("nodegate-webhook", "nodegate", "nodegate-webhook");
            }
        };

        Assert.Empty((await KeepAsync()).Problems);
        Assert.Single(_managed.Bundle(ManagedCluster.MutatingPath));
    }

    [Fact]
    public void Make_Offline_IsAWholeSecret()
    {
        var data = CertificateKeeper.Make(ManagedCluster.Options, _managed.Time.GetUtcNow());

        Assert.Equal(["ca.crt", "ca.key", "tls.crt", "tls.key"], data.Select(item => item.Key));
    }

    [Fact]
    public async Task KeepAsync_SecretMadeOffline_IsUsed()
    {
        var data = CertificateKeeper.Make(ManagedCluster.Options, _managed.Time.GetUtcNow());
        Server.AddSecret("nodegate", "nodegate-webhook-tls", "Opaque", [.. data.Select(item => (item.Key, Convert.FromBase64String(item.Value)))]);

        Assert.Empty((await KeepAsync()).Problems);
        Assert.DoesNotContain("update secrets", _managed.Writes());
    }

    [Theory]
    [InlineData("Bad", "s", "svc", "c", "a namespace")]
    [InlineData("ns", "../s", "svc", "c", "a secret")]
    [InlineData("ns", "s", "svc.x", "c", "a service")]
    [InlineData("ns", "s", "svc", "a/b", "the names of webhook configurations")]
    [InlineData("ns", "s", "svc", null, "the names of webhook configurations")]
    public void TryCreate_NameThatIsNone_IsRefused(string space, string secret, string service, string? configuration, string expected)
    {
        Assert.False(SelfSignedOptions.TryCreate(space, secret, service, configuration is null ? [] : [configuration], out _, out var error));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private Task<KeptCertificates> KeepAsync() => _managed.Keeper().KeepAsync(default);

    private void Change(string key, string content)
    {
        var secret = Server.Find(ManagedCluster.SecretPath)!;
        secret["data"]![key] = Convert.ToBase64String(Bytes(content));
        Server.Put(ManagedCluster.SecretPath, secret.ToJsonString());
    }

    private void SetBundle(string bundle)
    {
        var configuration = Server.Find(ManagedCluster.MutatingPath)!;
        configuration["webhooks"]![1]!["clientConfig"]!["caBundle"] = bundle;
        Server.Put(ManagedCluster.MutatingPath, configuration.ToJsonString());
    }
}
