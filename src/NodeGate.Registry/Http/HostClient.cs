using System.Net;
using System.Net.Http.Headers;
using NodeGate.Oci;
using NodeGate.Registry.Auth;
using NodeGate.Registry.Hosts;

namespace NodeGate.Registry.Http;

/// <summary>One host of one source: GETs with authorization, redirects, retries and bounds.</summary>
internal sealed class HostClient(RegistryContext context, RegistryHost host, ImageReference reference, ICredentialSource credentials, RequestCounter counter)
{
    private readonly HostAuthorizer _authorizer = new(context, host, reference.Repository, credentials, counter);
    private HostException? _unreachable;

    internal RegistryHost Host => host;

    /// <summary>The origin that is remembered for this host.</summary>
    internal string Origin => Scheme + "://" + host.Authority + host.Path;

    private string Scheme => host.FallsBackToHttp && context.PlainHosts.TryGet(host.Authority, out _) ? "http" : host.Scheme;

    /// <summary>GET of <paramref name="path"/> below the repository.</summary>
    /// <exception cref="HostException">The host did not answer with 200 or a plain 4xx within all bounds.</exception>
    internal async Task<RegistryResponse> GetAsync(string path, string accept, long maxBytes, CancellationToken cancellationToken)
    {
        // Within one pull a host that could not be reached is not dialled again for each piece of evidence: an air-gapped node would
        // otherwise wait for the same timeout five times.
        if (Volatile.Read(ref _unreachable) is { } known)
        {
            throw known;
        }

        var uri = BuildUri(path);
        try
        {
            return await GetUriAsync(uri, accept, maxBytes, cancellationToken);
        }
        catch (HostException e) when (e.SpeaksNoTls && host.FallsBackToHttp && uri.Scheme == "https")
        {
            RegistryLog.PlainHttp(context.Logger, host.Authority);
            context.PlainHosts.Set(host.Authority, value: true, RegistryLimits.HostMemory);
            return await GetUriAsync(BuildUri(path), accept, maxBytes, cancellationToken);
        }
        catch (HostException e) when (e.IsUnreachable)
        {
            Volatile.Write(ref _unreachable, e);
            throw;
        }
    }

    /// <summary>GET of a URL that the host itself named as the next page; the caller has checked its origin.</summary>
    internal async Task<RegistryResponse> GetUriAsync(Uri uri, string accept, long maxBytes, CancellationToken cancellationToken) =>
        await context.Retries.ExecuteAsync(
            static async (state, token) => await state.Client.AttemptAsync(state.Uri, state.Accept, state.MaxBytes, token),
            (Client: this, Uri: uri, Accept: accept, MaxBytes: maxBytes),
            cancellationToken);

    /// <summary>Adds the namespace that a host standing in for another needs.</summary>
    internal Uri WithNamespace(Uri uri)
    {
        var value = "ns=" + Uri.EscapeDataString(reference.Registry);
        return !host.IsProxyFor(reference.Registry) || uri.Query.TrimStart('?').Split('&').Contains(value, StringComparer.Ordinal)
            ? uri
            : new UriBuilder(uri) { Query = uri.Query.Length > 1 ? uri.Query[1..] + "&" + value : value }.Uri;
    }

    internal Uri BuildUri(string path) => WithNamespace(new Uri($"{Scheme}://{host.Authority}{host.Path}/{reference.Repository}/{path}"));

    private async Task<RegistryResponse> AttemptAsync(Uri uri, string accept, long maxBytes, CancellationToken cancellationToken)
    {
        var (authorization, isGuess) = await _authorizer.CurrentAsync(uri, cancellationToken);
        var (response, isOwn) = await FollowAsync(uri, accept, authorization, cancellationToken);
        try
        {
            if (isGuess && isOwn && IsRefusedGuess(response.StatusCode, authorization))
            {
                response.Dispose();
                _authorizer.DropGuess();
                authorization = null;
                (response, isOwn) = await FollowAsync(uri, accept, authorization, cancellationToken);
            }

            if (response.StatusCode == HttpStatusCode.Unauthorized && isOwn)
            {
                var headers = response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? values.ToArray() : [];
                response.Dispose();
                authorization = await _authorizer.AnswerAsync(headers, authorization, uri, cancellationToken);
                (response, isOwn) = await FollowAsync(uri, accept, authorization, cancellationToken);
            }

            return await ReadAsync(response, uri, isOwn, maxBytes, cancellationToken);
        }
        finally
        {
            response.Dispose();
        }
    }

    // A token that is refused is answered with a fresh one; a password sent unasked may be why an open registry refuses.
    private static bool IsRefusedGuess(HttpStatusCode status, string? authorization) => authorization is not null && status switch
    {
        HttpStatusCode.Unauthorized => authorization.StartsWith("Basic ", StringComparison.Ordinal),
        HttpStatusCode.Forbidden => true,
        _ => false,
    };

    private async Task<RegistryResponse> ReadAsync(HttpResponseMessage response, Uri asked, bool isOwn, long maxBytes, CancellationToken cancellationToken)
    {
        var uri = response.RequestMessage?.RequestUri ?? asked;
        var status = (int)response.StatusCode;
        if (status is 401 or 403)
        {
            throw isOwn ? _authorizer.Refused(asked) : new HostException(ContentFailure.Unauthorized, "access refused by the host that it redirects to");
        }

        if (status is 408 or 429 or >= 500)
        {
            throw Unavailable(response, status);
        }

        if (status is >= 400)
        {
            return new RegistryResponse(response.StatusCode, uri, null, null, [], default);
        }

        if (status != 200)
        {
            throw new HostException(ContentFailure.Unavailable, $"answered {status}, expected 200");
        }

        var body = await context.Exchange.ReadAsync(response.Content, maxBytes, cancellationToken);
        return new RegistryResponse(
            response.StatusCode,
            uri,
            MediaTypeOf(response.Content.Headers),
            First(response.Headers, "Docker-Content-Digest"),
            response.Headers.NonValidated.TryGetValues("Link", out var links) ? [.. links] : [],
            body);
    }

    private HostException Unavailable(HttpResponseMessage response, int status)
    {
        var after = response.Headers.RetryAfter is { } header
            ? header.Delta ?? (header.Date is { } date ? date - context.Time.GetUtcNow() : null)
            : null;
        var text = status == 429 ? "answered 429, too many requests; wait, or pull through a mirror or with an account" : $"answered {status}";
        return new HostException(ContentFailure.Unavailable, text)
        {
            RetryAfter = after < TimeSpan.Zero ? TimeSpan.Zero : after,

            // Waiting longer than this would eat the time of the other hosts; the kubelet comes back by itself.
            IsRetryable = status is 429 or 502 or 503 or 504 && !(after > context.RetryAfterMax),
        };
    }

    /// <summary>Follows redirects. Once they leave the host, neither credentials nor configured headers are sent again, not even back to it.</summary>
    private async Task<(HttpResponseMessage Response, bool IsOwn)> FollowAsync(Uri start, string accept, string? authorization, CancellationToken cancellationToken)
    {
        var uri = start;
        var isOwn = true;
        var seen = new HashSet<string>(StringComparer.Ordinal) { uri.AbsoluteUri };
        for (; ; )
        {
            using var request = CreateRequest(uri, accept, isOwn ? authorization : null, isOwn);
            HttpResponseMessage response;
            try
            {
                response = await context.Exchange.SendAsync(request, host.Tls, counter, cancellationToken);
            }
            catch (HostException e) when (!UrlRules.SameOrigin(start, uri))
            {
                throw e.Elsewhere("the host that it redirects to");
            }

            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return (response, isOwn);
            }

            using (response)
            {
                uri = RedirectTarget(uri, response.Headers.Location);
            }

            isOwn = isOwn && UrlRules.SameOrigin(start, uri);
            if (!seen.Add(uri.AbsoluteUri))
            {
                throw new HostException(ContentFailure.Corrupt, "redirects in a circle");
            }

            if (seen.Count > RegistryLimits.MaxRedirects + 1)
            {
                throw new HostException(ContentFailure.LimitExceeded, $"redirects more than {RegistryLimits.MaxRedirects} times");
            }
        }
    }

    private static Uri RedirectTarget(Uri from, Uri? location)
    {
        if (location is null || location.OriginalString.Length > RegistryLimits.MaxUrlLength || !Uri.TryCreate(from, location, out var to)
            || to.Scheme is not ("http" or "https") || !UrlRules.HasHost(to))
        {
            throw new HostException(ContentFailure.Corrupt, "redirects to something that is not a URL");
        }

        if (from.Scheme == "https" && to.Scheme == "http")
        {
            throw new HostException(ContentFailure.Corrupt, "redirects from https to http, which is not followed");
        }

        return UrlRules.PointsIntoNode(from, to)
            ? throw new HostException(ContentFailure.Corrupt, "redirects to an address of the node itself, which is not followed")
            : to;
    }

    private HttpRequestMessage CreateRequest(Uri uri, string accept, string? authorization, bool isOwn)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri) { VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher };
        request.Headers.TryAddWithoutValidation("User-Agent", "nodegate");
        if (isOwn)
        {
            foreach (var (name, value) in host.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        request.Headers.Remove("Accept");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (authorization is not null)
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return request;
    }

    private static string? MediaTypeOf(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Type", out var values) || values.Count != 1)
        {
            return null;
        }

        var text = values.ToString();
        var end = text.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Trim().ToLowerInvariant();
    }

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
