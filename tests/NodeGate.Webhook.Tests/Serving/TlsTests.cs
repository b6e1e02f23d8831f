using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.Webhook.Tests.Serving;

public sealed class TlsTests
{
    private const byte TlsAlert = 0x15;
    private const byte ProtocolVersion = 70;

    /// <summary>A ClientHello of TLS 1.1 (RFC 4346 section 7.4.1.2), written by hand: OpenSSL's own settings would not let a client say it.</summary>
    private static readonly byte[] HelloOfTls11 =
    [
        0x16, 0x03, 0x01, 0x00, 0x31, 0x01, 0x00, 0x00, 0x2D, 0x03, 0x02,
        .. Enumerable.Repeat((byte)0x5A, 32),
        0x00, 0x00, 0x06, 0xC0, 0x0A, 0xC0, 0x09, 0x00, 0x2F, 0x01, 0x00,
    ];

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshake_CurrentTls_IsMadeWithAndWithoutAName(SslProtocols protocol)
    {
        await using var bed = await ServerBed.StartAsync();

        await using var named = await bed.ConnectAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol });
        // An address is never sent as a server name.
        await using var unnamed = await bed.ConnectAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = protocol });

        Assert.Equal(protocol, named.SslProtocol);
        Assert.Equal(protocol, unnamed.SslProtocol);
    }

    [Fact]
    public async Task Handshake_Tls11_IsRefusedForItsVersion()
    {
        await using var bed = await ServerBed.StartAsync();
        await using var stream = await bed.ConnectPlainAsync();

        await stream.WriteAsync(HelloOfTls11);

        var answer = Encoding.Latin1.GetBytes(await ServerBed.ReadToEndAsync(stream));
        Assert.Equal(TlsAlert, answer[0]);
        Assert.Equal(ProtocolVersion, answer[^1]);
    }

    [Fact]
    public async Task Handshake_PlainHttp_IsRefusedAndTheNextClientIsServed()
    {
        await using var bed = await ServerBed.StartAsync();
        await using var stream = await bed.ConnectPlainAsync();

        await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());

        Assert.DoesNotContain("HTTP/1.1 200", await ServerBed.ReadToEndAsync(stream), StringComparison.Ordinal);
        using var client = bed.Client();
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task Handshake_NoCertificate_FailsUntilThereIsOne()
    {
        await using var bed = await ServerBed.StartAsync();
        using var connected = bed.Client();
        Assert.Equal("ready\n", await connected.GetStringAsync("/readyz"));

        bed.Certificates.ServeNone("The key is of another certificate.");

        using (var client = bed.Client())
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/healthz"));
        }

        using var ready = await connected.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("not ready: no certificate: The key is of another certificate.\n", await ready.Content.ReadAsStringAsync());
        var metrics = await connected.GetStringAsync("/metrics");
        Assert.DoesNotContain("certificate_expires", metrics, StringComparison.Ordinal);
        Assert.Contains("\nnodegate_webhook_certificate_problem 1\n", metrics, StringComparison.Ordinal);

        bed.Certificates.ServeOneOf(bed.Authority);
        using var again = bed.Client();
        Assert.Equal("ready\n", await again.GetStringAsync("/readyz"));
    }

    [Fact]
    public async Task Handshake_CertificateChanged_HoldsForNewConnectionsAndOldOnesGoOn()
    {
        await using var bed = await ServerBed.StartAsync();
        await using var before = await bed.ConnectAsync();
        var old = bed.Certificates.Current!.TargetCertificate.Thumbprint;

        bed.Certificates.ServeOneOf(bed.Authority);

        await using var after = await bed.ConnectAsync();
        Assert.Equal(old, Thumbprint(before));
        Assert.Equal(bed.Certificates.Current!.TargetCertificate.Thumbprint, Thumbprint(after));
        Assert.NotEqual(old, Thumbprint(after));
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(before, "/healthz"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ClientAuthorities_RightCertificate_MayAsk(int version)
    {
        using var clients = new TestCertificates("clients");
        await using var folder = TestFolder.Create();
        await using var bed = await StartAsync(folder, clients.AuthorityPem);
        using var client = bed.Client(version, ClientOf(clients));

        using var answer = await client.PostAsync("/mutate", ServerBed.Json("{}"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/mutate")]
    [InlineData("/validate")]
    [InlineData("/gatekeeper/mutate")]
    [InlineData("/gatekeeper/validate")]
    public async Task ClientAuthorities_NoCertificate_MayLookAtHealthOnly(string path)
    {
        using var clients = new TestCertificates("clients");
        await using var folder = TestFolder.Create();
        await using var bed = await StartAsync(folder, clients.AuthorityPem);
        using var client = bed.Client();

        using var answer = await client.PostAsync(path, ServerBed.Json("{}"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));
        Assert.Equal("ready\n", await client.GetStringAsync("/readyz"));
        Assert.NotEmpty(await client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task ClientAuthorities_CertificateOfAnotherAuthority_EndsTheHandshake()
    {
        using var clients = new TestCertificates("clients");
        // The same name: only the key tells them apart.
        using var others = new TestCertificates("clients");
        await using var folder = TestFolder.Create();
        await using var bed = await StartAsync(folder, clients.AuthorityPem);
        using var client = bed.Client(certificate: ClientOf(others));

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/mutate", ServerBed.Json("{}")));
    }

    [Fact]
    public async Task ClientAuthorities_CertificateForServers_EndsTheHandshake()
    {
        using var clients = new TestCertificates("clients");
        await using var folder = TestFolder.Create();
        await using var bed = await StartAsync(folder, clients.AuthorityPem);
        using var client = bed.Client(certificate: clients.IssueServer());

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/mutate", ServerBed.Json("{}")));
    }

    [Fact]
    public async Task ClientAuthorities_FileChanged_HoldsForNewConnectionsAndABadOneForNone()
    {
        using var first = new TestCertificates("first");
        using var second = new TestCertificates("second");
        await using var folder = TestFolder.Create();
        await using var bed = await StartAsync(folder, first.AuthorityPem);

        Replace(folder, second.AuthorityPem);
        await EventuallyAsync(bed, ClientOf(second), isAdmitted: true);
        await EventuallyAsync(bed, ClientOf(first), isAdmitted: false);

        Replace(folder, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        await EventuallyAsync(bed, ClientOf(second), isAdmitted: true);
        await EventuallyAsync(bed, ClientOf(first), isAdmitted: false);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task ClientAuthorities_BadFileAtStart_IsAnIOException(string content)
    {
        await using var folder = TestFolder.Create();

        var e = await Assert.ThrowsAsync<IOException>(() => StartAsync(folder, content));

        Assert.Contains("clients.pem: found", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientAuthorities_BeyondTheLimits_AreAnIOException()
    {
        using var clients = new TestCertificates("clients");
        await using var folder = TestFolder.Create();

        var many = await Assert.ThrowsAsync<IOException>(() => StartAsync(
            folder, string.Concat(Enumerable.Repeat(clients.AuthorityPem + "\n", WebhookLimits.MaxCertificates + 1))));
        var large = await Assert.ThrowsAsync<IOException>(() => StartAsync(folder, new string('#', WebhookLimits.MaxCertificateFileBytes + 1)));

        Assert.Contains("found 33 certificates; at most 32 are read", many.Message, StringComparison.Ordinal);
        Assert.Contains("has more than 262144 bytes", large.Message, StringComparison.Ordinal);
    }

    private static Task<ServerBed> StartAsync(TestFolder folder, string authorities)
    {
        var file = folder.Write("clients.pem", authorities);
        return ServerBed.StartAsync(set: options => options with { ClientAuthorities = file });
    }

    private static void Replace(TestFolder folder, string authorities) =>
        File.Move(folder.Write("next.pem", authorities), folder.At("clients.pem"), overwrite: true);

    private static X509Certificate2 ClientOf(TestCertificates authority)
    {
        var (certificate, key) = authority.IssueClient("apiserver");
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    /// <summary>The file is looked at again within a second.</summary>
    private static async Task EventuallyAsync(ServerBed bed, X509Certificate2 certificate, bool isAdmitted)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await pause.WaitForNextTickAsync(late.Token))
        {
            using var client = bed.Client(certificate: certificate);
            try
            {
                using var answer = await client.PostAsync("/mutate", ServerBed.Json("{}"), late.Token);
                if (isAdmitted)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!isAdmitted)
            {
                return;
            }
            catch (HttpRequestException)
            {
                continue;
            }
        }
    }

    private static string Thumbprint(SslStream stream) => ((X509Certificate2)stream.RemoteCertificate!).Thumbprint;

    private static async Task<string> GetAsync(SslStream stream, string path)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        return await ServerBed.ReadToEndAsync(stream);
    }
}
