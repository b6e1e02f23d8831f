using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NodeGate.Testing.Registries;

/// <summary>The token server of a <see cref="TestRegistry"/>: GET with Basic or anonymous, POST with the OAuth2 grants.</summary>
public sealed class TestTokenServer(TestRegistryOptions options)
{
    private readonly ConcurrentDictionary<string, string[]> _scopesByToken = new(StringComparer.Ordinal);

    /// <summary>From now on every token given before is refused.</summary>
    public void Revoke() => _scopesByToken.Clear();

    public static string Basic(string? user, string? password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user + ":" + password));

    internal bool Allows(string? authorization, string repository, string action) =>
        authorization?.StartsWith("Bearer ", StringComparison.Ordinal) == true
        && _scopesByToken.TryGetValue(authorization[7..], out var scopes)
        && (repository.Length == 0 || scopes.Any(scope => Grants(scope, repository, action)));

    internal async Task AnswerAsync(HttpContext context)
    {
        var (allowed, scopes) = context.Request.Method == "POST" ? await ReadFormAsync(context.Request) : ReadQuery(context.Request);
        if (!allowed)
        {
            context.Response.StatusCode = 401;
            return;
        }

        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _scopesByToken[token] = scopes;
        var answer = new JsonObject { ["token"] = token, ["access_token"] = token };
        if (options.TokenSeconds is { } seconds)
        {
            answer["expires_in"] = seconds;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private (bool Allowed, string[] Scopes) ReadQuery(HttpRequest request)
    {
        string[] scopes = [.. request.Query["scope"].SelectMany(scope => (scope ?? "").Split(' '))];
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length == 0)
        {
            var readsOnly = scopes.All(scope => !scope.StartsWith("repository:", StringComparison.Ordinal) || scope.EndsWith(":pull", StringComparison.Ordinal));
            return (options.UserName is null || (options.AnonymousPull && readsOnly), scopes);
        }

        return (authorization == Basic(options.UserName, options.Password), scopes);
    }

    private async Task<(bool Allowed, string[] Scopes)> ReadFormAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var allowed = form["grant_type"] == "refresh_token"
            ? options.IdentityToken is not null && form["refresh_token"] == options.IdentityToken
            : form["grant_type"] == "password" && form["username"] == options.UserName && form["password"] == options.Password;
        return (allowed, form["scope"].ToString().Split(' '));
    }

    private static bool Grants(string scope, string repository, string action)
    {
        var last = scope.LastIndexOf(':');
        return last > 0 && scope[..last] == "repository:" + repository && (scope[(last + 1)..] == "*" || scope[(last + 1)..].Split(',').Contains(action));
    }
}
