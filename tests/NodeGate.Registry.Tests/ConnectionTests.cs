using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using NodeGate.Oci;
using NodeGate.Testing.Registries;

namespace NodeGate.Registry.Tests;

/// <summary>TLS, redirects and retries against real sockets.</summary>
public sealed class ConnectionTests : IDisposable
{
    private static readonly RegistryCredential Credential = new() { Username = "user", Password = "password" };
    private static readonly ServerOptions OtherHost = new() { Address = IPAddress.Parse("127.0.0.2") };

    private readonly TestCertificates _certificates = new();
    private readonly Sources _sources = new();

    public void Dispose()
    {
        _sources.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task ResolveAsync_ConfiguredAuthority_IsTrusted()
    {
        await using var registry = await StartTlsAsync();
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"\nca = \"ca.pem\"", ("ca.pem", _certificates.AuthorityPem));
        registry.Store.PutImage("org/app");

        await ResolveAsync();
    }

    [Fact]
    public async Task ResolveAsync_UnknownAuthority_IsRefusedAndNotSpokenToOverHttp()
    {
        await using var registry = await StartTlsAsync();
        using var other = new TestCertificates();
        _sources.WriteHosts(
            "reg.example", $"server = \"http://{registry.Host}\"\nca = \"ca.pem\"", ("ca.pem", other.AuthorityPem));

        var e = await Assert.ThrowsAsync<ContentException>(ResolveAsync);

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
        Assert.Contains("its certificate is not trusted", e.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public async Task ResolveAsync_TlsHandshakeFails_IsNotSpokenToOverHttp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var firstBytes = new ConcurrentQueue<byte>();
        var server = AlertAsync(listener, firstBytes);
        _sources.WriteHosts("reg.example", $"server = \"http://{listener.LocalEndpoint}\"\nskip_verify = true");

        var e = await Assert.ThrowsAsync<ContentException>(ResolveAsync);
        listener.Stop();
        await server;

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
        Assert.NotEmpty(firstBytes);
        Assert.All(firstBytes, first => Assert.Equal(0x16, first));
    }

    [Fact]
    public async Task ResolveAsync_SkipVerify_IsTheAdministratorsChoice()
    {
        await using var registry = await StartTlsAsync();
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"\nskip_verify = true");
        registry.Store.PutImage("org/app");

        await ResolveAsync();
    }

    [Theory]
    [InlineData("client = [[\"client.cert\", \"client.key\"]]")]
    [InlineData("client = \"both.pem\"")]
    [InlineData("client = [[\"client.cert\", \"client.key\"], \"both.pem\"]")]
    public async Task ResolveAsync_ClientCertificate_IsShown(string client)
    {
        await using var registry = await TestRegistry.StartAsync(
            new TestRegistryOptions { Server = new ServerOptions { Certificate = _certificates.IssueServer(), RequireClientCertificate = true } });
        var (certificate, key) = _certificates.IssueClient("node-7");
        _sources.WriteHosts(
            "reg.example",
            $"server = \"{registry.Url}\"\nca = \"ca.pem\"\n{client}",
            ("ca.pem", _certificates.AuthorityPem),
            ("client.cert", certificate),
            ("client.key", key),
            ("both.pem", certificate + "\n" + key));
        registry.Store.PutImage("org/app");

        await ResolveAsync();

        Assert.Equal("CN=node-7", registry.Requests[0].Headers["x-test-client-certificate"]);
    }

    [Fact]
    public async Task ResolveAsync_CertificateNamesAnIssuerUrl_NothingIsFetchedFromIt()
    {
        await using var trap = await ScriptedServer.StartAsync(HostileRegistry.Status(200));
        await using var registry = await TestRegistry.StartAsync(
            new TestRegistryOptions { Server = new ServerOptions { Certificate = _certificates.IssueServer(trap.Url + "/ca.der") } });
        using var other = new TestCertificates("another authority");
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"\nca = \"ca.pem\"", ("ca.pem", other.AuthorityPem));

        // Kestrel itself fetches for the chain that it sends; what counts is what comes after.
        trap.ClearRequests();

        await Assert.ThrowsAsync<ContentException>(ResolveAsync);

        Assert.Empty(trap.Requests);
    }

    [Fact]
    public async Task FetchBlobAsync_RedirectToStorage_IsFollowedWithoutCredentialsOrConfiguredHeaders()
    {
        var content = "payload"u8.ToArray();
        await using var storage = await ScriptedServer.StartAsync(HostileRegistry.Bytes("application/octet-stream", content), OtherHost);
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { UserName = "user", Password = "password" });
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"\n[header]\nx-secret = \"s\"");
        registry.Intercept = context => RedirectAsync(context, storage.Url + "/bucket?signature=1");

        var blob = await _sources.Open("reg.example/org/app:v1", Credential).FetchBlobAsync(new Descriptor("a/b", Digest.Of(content), 7), 100, CancellationToken.None);

        Assert.Equal(7, blob.Length);
        var request = Assert.Single(storage.Requests);
        Assert.Null(request.Authorization);
        Assert.False(request.Headers.ContainsKey("x-secret"));
        Assert.Equal("s", registry.Requests[^1].Headers["x-secret"]);
    }

    [Fact]
    public async Task FetchBlobAsync_RedirectAwayAndBack_GetsNoCredentialsOnItsReturn()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistryOptions { UserName = "user", Password = "password" });
        var back = registry.Url + "/v2/other/secrets/manifests/v1";
        await using var hop = await ScriptedServer.StartAsync(HostileRegistry.Redirect(_ => back), OtherHost);
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"");
        registry.Intercept = context => RedirectAsync(context, hop.Url + "/x");

        await Assert.ThrowsAsync<ContentException>(
            () => _sources.Open("reg.example/org/app:v1", Credential).FetchBlobAsync(new Descriptor("a/b", Digest.Of("x"u8), 1), 100, CancellationToken.None));

        Assert.All(registry.Requests.Where(request => request.Path.Contains("secrets", StringComparison.Ordinal)), request => Assert.Null(request.Authorization));
        Assert.Contains(registry.Requests, request => request.Path.Contains("secrets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FetchBlobAsync_RedirectFromHttpsToHttp_IsRefused()
    {
        await using var plain = await ScriptedServer.StartAsync(HostileRegistry.Bytes("application/octet-stream", [1]));
        await using var registry = await StartTlsAsync();
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"\nca = \"ca.pem\"", ("ca.pem", _certificates.AuthorityPem));
        registry.Intercept = context => RedirectAsync(context, plain.Url + "/x");

        var e = await Assert.ThrowsAsync<ContentException>(
            () => _sources.Open("reg.example/org/app:v1").FetchBlobAsync(new Descriptor("a/b", Digest.Of([1]), 1), 100, CancellationToken.None));

        Assert.Equal(ContentFailure.Corrupt, e.Failure);
        Assert.Empty(plain.Requests);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task ResolveAsync_OneBusyAnswer_IsAskedAgain(int status)
    {
        await using var registry = await TestRegistry.StartAsync();
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"");
        registry.Store.PutImage("org/app");
        var busy = 1;
        registry.Intercept = async context =>
        {
            if (Interlocked.Exchange(ref busy, 0) == 0)
            {
                return false;
            }

            await HostileRegistry.Status(status, "0")(context);
            return true;
        };

        await ResolveAsync();

        Assert.Equal(2, registry.Requests.Count);
    }

    [Theory]
    [InlineData(429, null, 1 + RegistryLimits.MaxRetries)]
    [InlineData(503, "0", 1 + RegistryLimits.MaxRetries)]
    [InlineData(503, "3600", 1)]
    [InlineData(500, null, 1)]
    [InlineData(404, null, 1)]
    public async Task ResolveAsync_StaysBusy_EndsAfterAFewAttempts(int status, string? retryAfter, int attempts)
    {
        await using var server = await ScriptedServer.StartAsync(HostileRegistry.Status(status, retryAfter));
        _sources.WriteHosts("reg.example", $"server = \"{server.Url}\"");

        await Assert.ThrowsAsync<ContentException>(ResolveAsync);

        Assert.Equal(attempts, server.Requests.Count);
    }

    [Fact]
    public async Task ResolveAsync_ConnectionLostInTheBody_IsAskedAgain()
    {
        await using var registry = await TestRegistry.StartAsync();
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"");
        registry.Store.PutImage("org/app");
        var lost = 1;
        registry.Intercept = async context =>
        {
            if (Interlocked.Exchange(ref lost, 0) == 0)
            {
                return false;
            }

            await HostileRegistry.Reset(afterHeaders: true)(context);
            return true;
        };

        await ResolveAsync();
    }

    [Fact]
    public async Task ResolveAsync_SecondPull_UsesTheSameConnection()
    {
        var connections = new HashSet<string>(StringComparer.Ordinal);
        await using var registry = await TestRegistry.StartAsync();
        registry.Intercept = context =>
        {
            connections.Add(context.Connection.Id);
            return Task.FromResult(false);
        };
        _sources.WriteHosts("reg.example", $"server = \"{registry.Url}\"");
        registry.Store.PutImage("org/app");

        await ResolveAsync();
        await ResolveAsync();

        Assert.Single(connections);
    }

    /// <summary>Redirects a blob; a registry that asks for a login does that first.</summary>
    private static Task<bool> RedirectAsync(HttpContext context, string url)
    {
        var needsLogin = context.Request.Headers.Authorization.Count == 0 && !context.Request.IsHttps;
        if (needsLogin || !context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal))
        {
            return Task.FromResult(false);
        }

        context.Response.StatusCode = 307;
        context.Response.Headers.Location = url;
        return Task.FromResult(true);
    }

    /// <summary>Answers every connection with the TLS alert "handshake failure".</summary>
    private static async Task AlertAsync(TcpListener listener, ConcurrentQueue<byte> firstBytes)
    {
        try
        {
            for (; ; )
            {
                using var client = await listener.AcceptTcpClientAsync();
                var buffer = new byte[4096];
                if (await client.GetStream().ReadAsync(buffer) > 0)
                {
                    firstBytes.Enqueue(buffer[0]);
                    await client.GetStream().WriteAsync(new byte[] { 0x15, 3, 3, 0, 2, 2, 0x28 });
                }
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument)
        {
            // The test stopped listening.
            return;
        }
    }

    private Task<TestRegistry> StartTlsAsync() =>
        TestRegistry.StartAsync(new TestRegistryOptions { Server = new ServerOptions { Certificate = _certificates.IssueServer() } });

    private async Task<FetchedManifest> ResolveAsync()
    {
        var reference = ImageReference.Parse("reg.example/org/app:v1");
        return await _sources.Factory.Open(reference, null).ResolveAsync(reference, CancellationToken.None);
    }
}
