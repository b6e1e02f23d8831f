using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace NodeGate.Testing.Registries;

/// <summary>An http or https server in this process that answers as a handler says and writes down what it was asked.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<LoggedRequest> _requests = new();

    private ScriptedServer(WebApplication application) => _application = application;

    /// <summary>host:port, as it stands in a reference.</summary>
    public string Host { get; private set; } = "";

    public int Port { get; private set; }

    /// <summary>http://host:port or https://host:port.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Everything that came in, in its order.</summary>
    public IReadOnlyList<LoggedRequest> Requests => [.. _requests];

    public void ClearRequests() => _requests.Clear();

    public static async Task<ScriptedServer> StartAsync(RequestDelegate handler, ServerOptions? options = null)
    {
        options ??= new ServerOptions();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxResponseBufferSize = 64 * 1024;
            kestrel.Listen(options.Address, options.Port, listen =>
            {
                if (options.Certificate is { } certificate)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = certificate;
                        https.ClientCertificateMode = options.RequireClientCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate;
                        https.ClientCertificateValidation = (_, _, _) => true;
                    });
                }
            });
        });
        var application = builder.Build();
        var server = new ScriptedServer(application);
        application.Run(async context =>
        {
            server._requests.Enqueue(Log(context.Request, context.Connection.ClientCertificate));
            await handler(context);
        });
        await application.StartAsync();
        var address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        server.Port = address.Port;
        server.Host = options.Address + ":" + address.Port;
        server.Url = (options.Certificate is null ? "http://" : "https://") + server.Host;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // Handlers that hang on purpose end with their requests, not after the host's patience.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }

    private static LoggedRequest Log(HttpRequest request, X509Certificate2? client)
    {
        var headers = request.Headers.ToImmutableDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        return new LoggedRequest(
            request.Method,
            request.Path.Value ?? "",
            request.QueryString.Value ?? "",
            client is null ? headers : headers.Add("x-test-client-certificate", client.Subject));
    }
}
