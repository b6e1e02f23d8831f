using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate;
using NodeGate.Testing.Registries;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

/// <summary>The server on a socket of 127.0.0.1 with one handler for all paths, and clients for it that believe its authority.</summary>
internal sealed class ServerBed : IAsyncDisposable
{
    private ServerBed(WebhookServer server, TestCertificates authority, ChangeableCertificates certificates)
    {
        Server = server;
        Authority = authority;
        Certificates = certificates;
    }

    internal WebhookServer Server { get; }

    internal TestCertificates Authority { get; }

    internal ChangeableCertificates Certificates { get; }

    internal int Port => IPEndPoint.Parse(Server.EndPoint).Port;

    /// <summary>Answers with what came.</summary>
    internal static ReviewHandler Echo { get; } = (body, _, _) => Task.FromResult(new ReviewReply(body, ReviewOutcome.Allowed));

    internal static Task<ServerBed> StartAsync(
        ReviewHandler? handler = null, Func<WebhookServerOptions, WebhookServerOptions>? set = null, TimeProvider? time = null) =>
        StartAsync((options, certificates) => WebhookServer.StartAsync(
            set is null ? options : set(options),
            Enum.GetValues<ReviewPath>().ToImmutableDictionary(path => path, _ => handler ?? Echo),
            certificates,
            time ?? TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None));

    /// <summary>With the reviewer and Gatekeeper's provider over <paramref name="gate"/>, as the daemon has them.</summary>
    internal static Task<ServerBed> StartAsync(
        IImageGate gate, IPolicySource policies, Func<WebhookServerOptions, WebhookServerOptions>? set = null, TimeProvider? time = null) =>
        StartAsync((options, certificates) => WebhookServer.StartAsync(
            set is null ? options : set(options),
            new WebhookPorts { Gate = gate, Policies = policies, Certificates = certificates },
            time ?? TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None));

    /// <summary>A client with connections of its own.</summary>
    internal HttpClient Client(int version = 2, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = Trusting(Authority);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://127.0.0.1:{Port}"),
            DefaultRequestVersion = new Version(version, version == 1 ? 1 : 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    internal static HttpContent Json(string text) => new ByteArrayContent(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>A connection after its TLS handshake, over which HTTP/1.1 is spoken by hand.</summary>
    internal async Task<SslStream> ConnectAsync(SslClientAuthenticationOptions? options = null, IPAddress? from = null)
    {
        options ??= new SslClientAuthenticationOptions { TargetHost = "localhost" };
        options.CertificateChainPolicy = Trusting(Authority);
        var stream = new SslStream(await ConnectPlainAsync(from));
        await stream.AuthenticateAsClientAsync(options);
        return stream;
    }

    internal async Task<NetworkStream> ConnectPlainAsync(IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Everything that the server says until it closes.</summary>
    internal static async Task<string> ReadToEndAsync(Stream stream)
    {
        var said = new MemoryStream();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await stream.CopyToAsync(said, late.Token);
        }
        catch (IOException)
        {
            // A reset is an end as well.
            return Encoding.Latin1.GetString(said.ToArray());
        }

        return Encoding.Latin1.GetString(said.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Authority.Dispose();
    }

    private static async Task<ServerBed> StartAsync(Func<WebhookServerOptions, IServerCertificates, Task<WebhookServer>> start)
    {
        var authority = new TestCertificates();
        var certificates = new ChangeableCertificates();
        certificates.ServeOneOf(authority);
        return new ServerBed(await start(new WebhookServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, certificates), authority, certificates);
    }

    private static X509ChainPolicy Trusting(TestCertificates authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority.AuthorityPem);
        return policy;
    }
}
