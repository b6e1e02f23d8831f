using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeGate.Testing.Registries;

namespace NodeGate.Testing.Sigstore.Services;

/// <summary>A <see cref="VirtualSigstore"/> behind the interfaces of Fulcio, Rekor v1 and v2 and a timestamp authority, on the loopback.</summary>
public sealed class VirtualSigstoreServer : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly RekorService _rekor;
    private ScriptedServer _server = null!;

    private VirtualSigstoreServer(VirtualSigstore sigstore, TimeProvider time)
    {
        Sigstore = sigstore;
        _time = time;
        _rekor = new RekorService(sigstore);
    }

    public VirtualSigstore Sigstore { get; }

    /// <summary>The base of Fulcio and of both logs.</summary>
    public string Url => _server.Url;

    public string TimestampUrl => Url + "/api/v1/timestamp";

    public IReadOnlyList<LoggedRequest> Requests => _server.Requests;

    public static async Task<VirtualSigstoreServer> StartAsync(VirtualSigstore sigstore, TimeProvider time)
    {
        var server = new VirtualSigstoreServer(sigstore, time);
        server._server = await ScriptedServer.StartAsync(server.AnswerAsync);
        return server;
    }

    /// <summary>The identity token of a workflow, or of a person with a mail address.</summary>
    public string Token(string? email = null) => FulcioService.Token(VirtualSigstore.OidcIssuer, VirtualSigstore.Subject, email, _time.GetUtcNow());

    /// <summary>signing_config.json (v0.2) for clients: which log, and whether a timestamp.</summary>
    public JsonObject SigningConfig(int logVersion, bool timestamp) => new()
    {
        ["mediaType"] = "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        ["caUrls"] = Services(Url, 1),
        ["oidcUrls"] = new JsonArray(),
        ["rekorTlogUrls"] = Services(Url, logVersion),
        ["rekorTlogConfig"] = new JsonObject { ["selector"] = "ANY" },
        ["tsaUrls"] = timestamp ? Services(TimestampUrl, 1) : new JsonArray(),
        ["tsaConfig"] = new JsonObject { ["selector"] = "ANY" },
    };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static JsonArray Services(string url, int version) => new(new JsonObject
    {
        ["url"] = url,
        ["majorApiVersion"] = version,
        ["validFor"] = TrustedEntries.Period(VirtualSigstore.TrustedFrom, null),
        ["operator"] = "virtual.test",
    });

    private async Task AnswerAsync(HttpContext context)
    {
        var now = _time.GetUtcNow();
        var authorization = context.Request.Headers.Authorization.ToString();
        switch (context.Request.Method + " " + context.Request.Path.Value)
        {
            case "POST /api/v2/signingCert":
                await JsonAsync(context, 200, FulcioService.SigningCertificateV2(Sigstore, await ReadJsonAsync(context), authorization, now));
                return;
            case "POST /api/v1/signingCert":
                var chain = FulcioService.SigningCertificateV1(Sigstore, await ReadJsonAsync(context), authorization, now);
                await TextAsync(context, 201, "application/pem-certificate-chain", chain);
                return;
            case "POST /api/v1/log/entries":
                var created = _rekor.CreateV1(await ReadJsonAsync(context), now);
                context.Response.Headers.Location = "/api/v1/log/entries/" + created.Single().Key;
                context.Response.Headers.ETag = created.Single().Key;
                await JsonAsync(context, 201, created);
                return;
            case "GET /api/v1/log/publicKey":
                await TextAsync(context, 200, "application/x-pem-file", Sigstore.RekorV1.Key.PublicPem);
                return;
            case "POST /api/v2/log/entries":
                await JsonAsync(context, 201, _rekor.CreateV2(await ReadJsonAsync(context), now));
                return;
            case "POST /api/v1/timestamp":
                await StampAsync(context, now);
                return;
            default:
                context.Response.StatusCode = 404;
                return;
        }
    }

    private async Task StampAsync(HttpContext context, DateTimeOffset now)
    {
        byte[] answer;
        if (context.Request.ContentType == "application/json")
        {
            answer = TimestampService.AnswerJson(Sigstore.Tsa, await ReadJsonAsync(context), now);
        }
        else
        {
            using var query = new MemoryStream();
            await context.Request.Body.CopyToAsync(query, context.RequestAborted);
            answer = TimestampService.AnswerQuery(Sigstore.Tsa, query.ToArray(), now);
        }

        context.Response.StatusCode = 201;
        context.Response.ContentType = "application/timestamp-reply";
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static async Task<JsonNode> ReadJsonAsync(HttpContext context) =>
        await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted)
        ?? throw new BadHttpRequestException("There is no JSON in the request.");

    private static Task JsonAsync(HttpContext context, int status, JsonObject answer) =>
        TextAsync(context, status, "application/json", answer.ToJsonString());

    private static async Task TextAsync(HttpContext context, int status, string contentType, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
