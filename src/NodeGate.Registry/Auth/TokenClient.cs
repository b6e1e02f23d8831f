using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NodeGate.Oci;
using NodeGate.Registry.Http;

namespace NodeGate.Registry.Auth;

/// <summary>
/// Asks a token server (distribution's token and OAuth2 specifications): GET, anonymous or with Basic, and POST for an identity token.
/// Redirects are not followed: the answer to "where do the credentials go" is the challenge's alone.
/// </summary>
internal sealed class TokenClient(HttpExchange exchange)
{
    private const string ClientId = "nodegate";

    // distribution's token specification: without expires_in a token holds for 60 seconds.
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = RegistryLimits.MaxJsonDepth };

    internal async Task<(string Token, TimeSpan Lifetime)> FetchAsync(
        HostChallenge challenge, IReadOnlyList<string> scopes, HostCredential? credential, TlsSetup tls, RequestCounter counter, CancellationToken cancellationToken)
    {
        if (credential is { IsIdentityToken: true })
        {
            return await PostAsync(challenge, scopes, credential, tls, counter, cancellationToken);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, WithQuery(challenge, scopes));
        if (credential is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(credential.BasicHeader());
        }

        using var response = await SendAsync(request, tls, counter, cancellationToken);
        if (credential is not null && response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
        {
            // A token server that has the OAuth2 form only.
            return await PostAsync(challenge, scopes, credential!, tls, counter, cancellationToken);
        }

        return await ReadAsync(response, isRetryable: true, cancellationToken);
    }

    private async Task<(string Token, TimeSpan Lifetime)> PostAsync(
        HostChallenge challenge, IReadOnlyList<string> scopes, HostCredential credential, TlsSetup tls, RequestCounter counter, CancellationToken cancellationToken)
    {
        var form = new List<KeyValuePair<string, string>>
        {
            new("client_id", ClientId),
            new("service", challenge.Service ?? ""),
            new("scope", string.Join(' ', scopes)),
        };
        form.AddRange(credential.IsIdentityToken
            ? [new("grant_type", "refresh_token"), new("refresh_token", credential.Secret)]
            : [new("grant_type", "password"), new("username", credential.Username), new("password", credential.Secret)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, challenge.Realm);
        request.Content = new FormUrlEncodedContent(form);
        using var response = await SendAsync(request, tls, counter, cancellationToken);
        return await ReadAsync(response, isRetryable: false, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TlsSetup tls, RequestCounter counter, CancellationToken cancellationToken)
    {
        try
        {
            return await exchange.SendAsync(request, tls, counter, cancellationToken);
        }
        catch (HostException e)
        {
            throw e.Elsewhere("its token server", isRetryable: request.Method == HttpMethod.Get);
        }
    }

    private static Uri WithQuery(HostChallenge challenge, IReadOnlyList<string> scopes)
    {
        var query = new List<string>();
        if (challenge.Service is { Length: > 0 } service)
        {
            query.Add("service=" + Uri.EscapeDataString(service));
        }

        query.AddRange(scopes.Select(scope => "scope=" + Uri.EscapeDataString(scope)));
        var realm = new UriBuilder(challenge.Realm!);
        realm.Query = realm.Query.Length > 1 ? realm.Query[1..] + "&" + string.Join('&', query) : string.Join('&', query);
        return realm.Uri;
    }

    private async Task<(string Token, TimeSpan Lifetime)> ReadAsync(HttpResponseMessage response, bool isRetryable, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            throw new HostException(ContentFailure.Unauthorized, HostAuthorizer.AccessRefused);
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HostException(ContentFailure.Unavailable, $"its token server answered {status}") { IsRetryable = isRetryable && status is 429 or 502 or 503 or 504 };
        }

        byte[] body;
        try
        {
            body = await exchange.ReadAsync(response.Content, RegistryLimits.MaxTokenResponseBytes, cancellationToken);
        }
        catch (HostException e)
        {
            throw e.Elsewhere("its token server", isRetryable);
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            var token = Text(root, "token") ?? Text(root, "access_token");
            if (!IsToken(token))
            {
                throw new HostException(ContentFailure.Corrupt, "its token server answered without a usable token");
            }

            var lifetime = root.TryGetProperty("expires_in", out var expires) && expires.ValueKind == JsonValueKind.Number && expires.TryGetDouble(out var seconds)
                ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, RegistryLimits.MaxTokenAge.TotalSeconds))
                : DefaultLifetime;
            return (token!, lifetime);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser's text could quote the token.
            throw new HostException(ContentFailure.Corrupt, "its token server answered with something that is not strict JSON");
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    // Whatever else it is, it becomes a header of ours.
    private static bool IsToken(string? token) =>
        token is { Length: > 0 and <= RegistryLimits.MaxTokenLength } && !token.AsSpan().ContainsAnyExceptInRange('!', '~');
}
