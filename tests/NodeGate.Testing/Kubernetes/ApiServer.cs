using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeGate.Testing.Registries;

namespace NodeGate.Testing.Kubernetes;

/// <summary>
/// A small API server over real TLS, or over http as <c>kubectl proxy</c> has it: objects by path, bearer tokens, optimistic locking by
/// resourceVersion, refusals as RBAC gives them, and faults. No real one can be had here; this is no oracle for what one accepts.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    /// <summary>The service account that the token is for.</summary>
    public const string ServiceAccount = "nodegate:nodegate-webhook";

    private readonly TestCertificates? _authority;
    private readonly ConcurrentDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private ScriptedServer _server = null!;
    private int _version = 1000;
    private int _token;

    private ApiServer(TestCertificates? authority) => _authority = authority;

    /// <summary>https://127.0.0.1:PORT, or http.</summary>
    public string Url => _server.Url;

    public int Port => _server.Port;

    /// <summary>The token that counts.</summary>
    public string Token => TokenOf(_token);

    /// <summary>What goes wrong with a request: its verb (get, create, update, patch) and its path without the slash in front.</summary>
    public Func<string, string, ApiFault> Fault { get; set; } = (_, _) => ApiFault.None;

    /// <summary>Whether RBAC lets the verb through at the path. Default: everything.</summary>
    public Func<string, string, bool> Allows { get; set; } = (_, _) => true;

    /// <summary>Runs before a request is handled: a place for somebody else to be quicker.</summary>
    public Action<string, string> Before { get; set; } = (_, _) => { };

    /// <summary>Everything that was asked, such as <c>get api/v1/namespaces/a/secrets/b</c>, in its order.</summary>
    public IReadOnlyList<string> Requests => [.. _server.Requests.Select(request => $"{VerbOf(request.Method)} {request.Path.TrimStart('/')}{request.Query}")];

    public void ClearRequests() => _server.ClearRequests();

    /// <summary>Starts it with TLS, or as a proxy on http that wants no token.</summary>
    public static async Task<ApiServer> StartAsync(bool tls = true)
    {
        var server = new ApiServer(tls ? new TestCertificates("kubernetes") : null);
        server._server = await ScriptedServer.StartAsync(server.HandleAsync, new ServerOptions { Certificate = server._authority?.IssueServer() });
        return server;
    }

    /// <summary>Writes <c>token</c>, <c>ca.crt</c> and <c>namespace</c> as they are mounted in a pod, and returns the folder.</summary>
    public string WriteMount(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "token"), Token);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), _authority?.AuthorityPem ?? "");
        File.WriteAllText(Path.Combine(folder, "namespace"), "nodegate");
        return folder;
    }

    /// <summary>From now on another token counts, and the one before does not.</summary>
    public void RotateToken() => _token++;

    /// <summary>The object at <paramref name="path"/> as it is now, or null.</summary>
    public JsonObject? Find(string path) => _objects.TryGetValue(path, out var found) ? found.DeepClone().AsObject() : null;

    /// <summary>Puts an object there, whatever was there before, and gives it a UID and a version.</summary>
    public JsonObject Put(string path, string json)
    {
        lock (_lock)
        {
            return Store(path, JsonNode.Parse(json)!.AsObject(), _objects.GetValueOrDefault(path)).DeepClone().AsObject();
        }
    }

    public void Remove(string path) => _objects.TryRemove(path, out _);

    public void AddSecret(string @namespace, string name, string type, params (string Key, byte[] Value)[] data)
    {
        var values = new JsonObject(data.Select(item => KeyValuePair.Create<string, JsonNode?>(item.Key, Convert.ToBase64String(item.Value))));
        Put($"api/v1/namespaces/{@namespace}/secrets/{name}", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            ["type"] = type,
            ["data"] = values,
        }.ToJsonString());
    }

    /// <summary>A Secret as <c>kubectl create secret docker-registry</c> makes it.</summary>
    public void AddPullSecret(string @namespace, string name, string registry, string user, string password)
    {
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        var config = new JsonObject
        {
            ["auths"] = new JsonObject { [registry] = new JsonObject { ["username"] = user, ["password"] = password, ["auth"] = auth } },
        };
        AddSecret(@namespace, name, "kubernetes.io/dockerconfigjson", (".dockerconfigjson", Encoding.UTF8.GetBytes(config.ToJsonString())));
    }

    public void AddServiceAccount(string @namespace, string name, params string[] pullSecrets) =>
        Put($"api/v1/namespaces/{@namespace}/serviceaccounts/{name}", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ServiceAccount",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            ["imagePullSecrets"] = new JsonArray([.. pullSecrets.Select(secret => new JsonObject { ["name"] = secret })]),
        }.ToJsonString());

    /// <summary>A workload by its own apiVersion, kind, name and namespace. Returns it with the UID that it got.</summary>
    public JsonObject AddWorkload(string json)
    {
        var workload = JsonNode.Parse(json)!;
        var version = (string)workload["apiVersion"]!;
        var kind = ((string)workload["kind"]!).ToLowerInvariant();
        return Put($"{(version == "v1" ? "api" : "apis")}/{version}/namespaces/{workload["metadata"]!["namespace"]}/{kind}s/{workload["metadata"]!["name"]}", json);
    }

    /// <summary>A mutating and a validating configuration of this name; in each one webhook for the service, and one that is somebody else's.</summary>
    public void AddWebhookConfigurations(string name, string @namespace, string service)
    {
        foreach (var (plural, kind) in new[] { ("mutating", "Mutating"), ("validating", "Validating") })
        {
            Put($"apis/admissionregistration.k8s.io/v1/{plural}webhookconfigurations/{name}", $$$"""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "{{{kind}}}WebhookConfiguration", "metadata": {"name": "{{{name}}}"},
                 "webhooks": [
                   {"name": "other.example", "failurePolicy": "Ignore", "clientConfig": {"service": {"name": "other", "namespace": "{{{@namespace}}}"}, "caBundle": "T1RIRVI="}},
                   {"name": "images.nodegate.dev", "failurePolicy": "Fail", "clientConfig": {"service": {"name": "{{{service}}}", "namespace": "{{{@namespace}}}", "path": "/x", "port": 443} } }]}
                """);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority?.Dispose();
    }

    private static string TokenOf(int number)
    {
        static string Part(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return $"{Part("""{"alg":"RS256"}""")}.{Part($$"""{"sub":"system:serviceaccount:{{ServiceAccount}}"}""")}.{Part($"signature {number}")}";
    }

    private static string VerbOf(string method) => method switch { "GET" => "get", "POST" => "create", "PUT" => "update", "PATCH" => "patch", _ => method };

    private async Task HandleAsync(HttpContext context)
    {
        var (verb, path) = (VerbOf(context.Request.Method), context.Request.Path.Value!.TrimStart('/'));
        Before(verb, path);
        if (_authority is not null && context.Request.Headers.Authorization != "Bearer " + Token)
        {
            await StatusAsync(context, 401, "Unauthorized");
        }
        else if (!Allows(verb, path))
        {
            await StatusAsync(context, 403, "Forbidden");
        }
        else if (Fault(verb, path) is var fault and not ApiFault.None)
        {
            await FailAsync(context, fault);
        }
        else
        {
            using var body = new StreamReader(context.Request.Body);
            await AnswerAsync(context, verb, path, await body.ReadToEndAsync());
        }
    }

    private static async Task FailAsync(HttpContext context, ApiFault fault)
    {
        switch (fault)
        {
            case ApiFault.Hangs:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case ApiFault.Forbidden:
                await StatusAsync(context, 403, "Forbidden");
                break;
            case ApiFault.Conflict:
                await StatusAsync(context, 409, "Conflict");
                break;
            case ApiFault.Oversized:
                await context.Response.WriteAsync($$"""{"filler": "{{new string('x', 5 * 1024 * 1024)}}"}""");
                break;
            case ApiFault.NotJson:
                await context.Response.WriteAsync("<html>");
                break;
            case ApiFault.Redirect:
                context.Response.Redirect("/elsewhere");
                break;
            default:
                await StatusAsync(context, 500, "InternalError");
                break;
        }
    }

    private async Task AnswerAsync(HttpContext context, string verb, string path, string body)
    {
        int status;
        string? answer;
        lock (_lock)
        {
            (status, answer) = verb switch
            {
                "get" => _objects.TryGetValue(path, out var found) ? (200, found.ToJsonString()) : (404, "NotFound"),
                "create" => Create(path, JsonNode.Parse(body)!.AsObject()),
                "update" => Change(path, JsonNode.Parse(body)!.AsObject(), (_, sent) => sent),
                "patch" when context.Request.ContentType == "application/strategic-merge-patch+json" => Change(path, JsonNode.Parse(body)!.AsObject(), Merged),
                "patch" => (415, "UnsupportedMediaType"),
                _ => (405, "MethodNotAllowed"),
            };
        }

        if (status is 200 or 201)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer);
        }
        else
        {
            await StatusAsync(context, status, answer);
        }
    }

    private (int Status, string Answer) Create(string collection, JsonObject sent)
    {
        var path = $"{collection}/{sent["metadata"]!["name"]}";
        return _objects.ContainsKey(path) ? (409, "AlreadyExists") : (201, Store(path, sent, null).ToJsonString());
    }

    private (int Status, string Answer) Change(string path, JsonObject sent, Func<JsonObject, JsonObject, JsonObject> change)
    {
        if (!_objects.TryGetValue(path, out var known))
        {
            return (404, "NotFound");
        }

        if (sent["metadata"]?["resourceVersion"] is { } version && (string?)version != (string?)known["metadata"]!["resourceVersion"])
        {
            return (409, "Conflict");
        }

        return (200, Store(path, change(known.DeepClone().AsObject(), sent), known).ToJsonString());
    }

    private static JsonObject Merged(JsonObject known, JsonObject patch)
    {
        StrategicMerge.Apply(known, patch);
        return known;
    }

    private JsonObject Store(string path, JsonObject sent, JsonObject? before)
    {
        if (sent["metadata"] is not JsonObject metadata)
        {
            sent["metadata"] = metadata = [];
        }

        metadata["uid"] ??= (string?)before?["metadata"]?["uid"] ?? Guid.NewGuid().ToString();
        metadata["resourceVersion"] = (++_version).ToString();
        return _objects[path] = sent;
    }

    private static async Task StatusAsync(HttpContext context, int code, string reason)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        var text = JsonSerializer.Serialize(
            new { kind = "Status", apiVersion = "v1", status = "Failure", reason, code, message = "server text that must not be repeated" });
        await context.Response.WriteAsync(text);
    }
}
