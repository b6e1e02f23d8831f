using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeGate.Oci;

namespace NodeGate.Testing.Registries;

/// <summary>
/// A registry of the OCI distribution specification 1.1 in this process: push, pull, referrers API with filter and pages, Basic or Bearer.
/// No packaged registry has the referrers API, and none can be asked how often it was asked.
/// </summary>
public sealed class TestRegistry : IAsyncDisposable
{
    private readonly TestRegistryOptions _options;
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new(StringComparer.Ordinal);
    private ScriptedServer _server = null!;

    private TestRegistry(TestRegistryOptions options)
    {
        _options = options;
        TokenServer = new TestTokenServer(options);
    }

    public TestRegistryStore Store { get; } = new();

    public TestTokenServer TokenServer { get; }

    /// <summary>127.0.0.1:PORT, as it stands in references.</summary>
    public string Host => _server.Host;

    public int Port => _server.Port;

    public string Url => _server.Url;

    public IReadOnlyList<LoggedRequest> Requests => _server.Requests;

    /// <summary>Looked at before the registry answers; true means that it was answered.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    public void ClearRequests() => _server.ClearRequests();

    public static async Task<TestRegistry> StartAsync(TestRegistryOptions? options = null)
    {
        options ??= new TestRegistryOptions();
        var registry = new TestRegistry(options);
        registry._server = await ScriptedServer.StartAsync(registry.AnswerAsync, options.Server);
        return registry;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (Intercept is { } intercept && await intercept(context))
        {
            return;
        }

        var path = context.Request.Path.Value ?? "";
        if (path == "/token")
        {
            await TokenServer.AnswerAsync(context);
            return;
        }

        var (repository, kind, rest) = Split(path);
        if (!IsAllowed(context, repository))
        {
            await ErrorAsync(context, 401, "UNAUTHORIZED");
            return;
        }

        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        await (kind switch
        {
            "manifests" => ManifestAsync(context, repository, rest),
            "uploads" => UploadAsync(context, repository, rest),
            "blobs" => BlobAsync(context, repository, rest),
            "referrers" when _options.ReferrersApi => ReferrersAsync(context, repository, rest),
            "tags" => JsonAsync(context, new JsonObject { ["name"] = repository, ["tags"] = new JsonArray([.. Store.Tags(repository).Keys.Select(tag => JsonValue.Create(tag))]) }),
            "root" => JsonAsync(context, []),
            _ => ErrorAsync(context, 404, "NOT_FOUND"),
        });
    }

    private static (string Repository, string Kind, string Reference) Split(string path)
    {
        if (path is "/v2" or "/v2/")
        {
            return ("", "root", "");
        }

        foreach (var (marker, kind) in (ReadOnlySpan<(string, string)>)[("/blobs/uploads", "uploads"), ("/manifests/", "manifests"), ("/blobs/", "blobs"), ("/referrers/", "referrers"), ("/tags/list", "tags")])
        {
            var at = path.LastIndexOf(marker, StringComparison.Ordinal);
            if (path.StartsWith("/v2/", StringComparison.Ordinal) && at > 4)
            {
                return (path[4..at], kind, path[(at + marker.Length)..].Trim('/'));
            }
        }

        return ("", "", "");
    }

    private bool IsAllowed(HttpContext context, string repository)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (_options.Tokens)
        {
            var action = context.Request.Method is "GET" or "HEAD" ? "pull" : "push";
            if (TokenServer.Allows(authorization, repository, action))
            {
                return true;
            }

            var scope = repository.Length == 0 ? "" : $",scope=\"repository:{repository}:{(action == "pull" ? "pull" : "pull,push")}\"";
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{_options.Realm ?? Url + "/token"}\",service=\"nodegate-test\"{scope}";
            return false;
        }

        if (_options.UserName is null || authorization == TestTokenServer.Basic(_options.UserName, _options.Password))
        {
            return true;
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=\"nodegate-test\"";
        return false;
    }

    private async Task ManifestAsync(HttpContext context, string repository, string reference)
    {
        if (context.Request.Method == "PUT")
        {
            await PutManifestAsync(context, repository, reference);
            return;
        }

        if (!Store.TryGetManifest(repository, reference, out var digest, out var manifest))
        {
            await ErrorAsync(context, 404, "MANIFEST_UNKNOWN");
            return;
        }

        if (context.Request.Method == "DELETE")
        {
            Store.DeleteManifest(repository, digest!);
            context.Response.StatusCode = 202;
            return;
        }

        context.Response.Headers["Docker-Content-Digest"] = digest!.ToString();
        await ContentAsync(context, manifest.MediaType, manifest.Content);
    }

    private async Task PutManifestAsync(HttpContext context, string repository, string reference)
    {
        var content = await ReadAsync(context.Request);
        var isDigest = Digest.TryParse(reference, out var expected);
        if (isDigest && !expected!.Matches(content))
        {
            await ErrorAsync(context, 400, "DIGEST_INVALID");
            return;
        }

        var mediaType = context.Request.ContentType ?? MediaTypes.OciManifest;
        var digest = Store.PutManifest(repository, mediaType, content, isDigest ? null : reference, expected?.Algorithm ?? DigestAlgorithm.Sha256);
        if (_options.ReferrersApi && TestRegistryStore.Subject(content) is { } subject)
        {
            context.Response.Headers["OCI-Subject"] = subject.ToString();
        }

        context.Response.StatusCode = 201;
        context.Response.Headers.Location = $"/v2/{repository}/manifests/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }

    private async Task BlobAsync(HttpContext context, string repository, string reference)
    {
        if (!Digest.TryParse(reference, out var digest) || !Store.Blobs.TryGetValue((repository, digest), out var content))
        {
            await ErrorAsync(context, 404, "BLOB_UNKNOWN");
            return;
        }

        if (context.Request.Method == "DELETE")
        {
            Store.Blobs.TryRemove((repository, digest), out _);
            context.Response.StatusCode = 202;
            return;
        }

        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        await ContentAsync(context, "application/octet-stream", content);
    }

    private async Task UploadAsync(HttpContext context, string repository, string id)
    {
        var query = context.Request.Query;
        if (context.Request.Method == "POST")
        {
            if (Digest.TryParse(query["mount"].ToString(), out var mount) && Store.Blobs.TryGetValue((query["from"].ToString(), mount), out var mounted))
            {
                Store.Blobs[(repository, mount)] = mounted;
                Created(context, repository, mount);
                return;
            }

            id = Guid.NewGuid().ToString("N");
            _uploads[id] = new MemoryStream();
        }

        if (!_uploads.TryGetValue(id, out var upload))
        {
            await ErrorAsync(context, 404, "BLOB_UPLOAD_UNKNOWN");
            return;
        }

        await context.Request.Body.CopyToAsync(upload);
        if (Digest.TryParse(query["digest"].ToString(), out var digest))
        {
            _uploads.TryRemove(id, out _);
            var content = upload.ToArray();
            if (!digest.Matches(content))
            {
                await ErrorAsync(context, 400, "DIGEST_INVALID");
                return;
            }

            Store.Blobs[(repository, digest)] = content;
            Created(context, repository, digest);
            return;
        }

        context.Response.StatusCode = context.Request.Method == "GET" ? 204 : 202;
        context.Response.Headers.Location = $"/v2/{repository}/blobs/uploads/{id}";
        context.Response.Headers["Docker-Upload-UUID"] = id;
        context.Response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";
    }

    private async Task ReferrersAsync(HttpContext context, string repository, string reference)
    {
        if (!Digest.TryParse(reference, out var subject))
        {
            await ErrorAsync(context, 400, "DIGEST_INVALID");
            return;
        }

        var all = Store.Referrers(repository, subject);
        if (context.Request.Query["artifactType"].ToString() is { Length: > 0 } type)
        {
            all = [.. all.Where(item => (string?)item["artifactType"] == type)];
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        var from = int.TryParse(context.Request.Query["from"], CultureInfo.InvariantCulture, out var value) ? value : 0;
        var page = all.Skip(from).Take(_options.ReferrersPageSize).ToList();
        if (from + page.Count < all.Count)
        {
            context.Response.Headers.Link = $"</v2/{repository}/referrers/{subject}?from={from + page.Count}>; rel=\"next\"";
        }

        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JsonArray([.. page.Select(item => item.DeepClone())]),
        };
        await ContentAsync(context, MediaTypes.OciIndex, Encoding.UTF8.GetBytes(index.ToJsonString()));
    }

    private static void Created(HttpContext context, string repository, Digest digest)
    {
        context.Response.StatusCode = 201;
        context.Response.Headers.Location = $"/v2/{repository}/blobs/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        return buffer.ToArray();
    }

    private static Task JsonAsync(HttpContext context, JsonObject answer) =>
        ContentAsync(context, "application/json", Encoding.UTF8.GetBytes(answer.ToJsonString()));

    private static async Task ErrorAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        await JsonAsync(context, new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["code"] = code, ["message"] = code }) });
    }

    private static async Task ContentAsync(HttpContext context, string mediaType, byte[] content)
    {
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = content.Length;
        if (context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(content);
        }
    }
}
