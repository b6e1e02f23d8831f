using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>
/// The few questions that the webhook has for the API server. It follows no redirection, trusts the authorities it was given and no others,
/// shows its token to nobody else, reads no more than it may, and tells nothing of an object in its messages.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    private const int MaxHeaderKilobytes = 32;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = WebhookLimits.MaxReviewDepth };

    private readonly KubernetesOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<KubernetesClient> _logger;
    private readonly Lock _lock = new();
    private byte[] _authorities = [];
    private HttpMessageInvoker? _http;

    /// <summary>Creates it; nothing is contacted or read yet.</summary>
    public KubernetesClient(KubernetesOptions options, TimeProvider time, ILogger<KubernetesClient> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Who asks, as <c>NAMESPACE:NAME</c>: what <c>kubectl create rolebinding --serviceaccount</c> wants.</summary>
    internal string ServiceAccount => BearerToken.TryRead(_options.TokenFile, out var token, out _)
        ? BearerToken.ServiceAccountOf(token)
        : BearerToken.UnknownAccount;

    /// <inheritdoc/>
    public void Dispose() => _http?.Dispose();

    /// <summary>Reads an object. The caller disposes the answer.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    internal Task<KubernetesAnswer> GetAsync(ObjectAddress address, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, address, address.Path, null, cancellationToken);

    /// <summary>Makes an object. The caller disposes the answer.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    internal Task<KubernetesAnswer> CreateAsync(ObjectAddress address, byte[] json, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, address, address.Collection, Body(json, "application/json"), cancellationToken);

    /// <summary>
    /// Replaces an object; its <c>metadata.resourceVersion</c> makes it a conflict where somebody was quicker. The caller disposes the answer.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    internal Task<KubernetesAnswer> ReplaceAsync(ObjectAddress address, byte[] json, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, address, address.Path, Body(json, "application/json"), cancellationToken);

    /// <summary>
    /// A strategic merge patch: lists with named entries are merged by name. A <c>metadata.resourceVersion</c> in it makes it a conflict where
    /// somebody was quicker. The caller disposes the answer.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    internal Task<KubernetesAnswer> PatchAsync(ObjectAddress address, byte[] json, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, address, address.Path, Body(json, "application/strategic-merge-patch+json"), cancellationToken);

    private static ByteArrayContent Body(byte[] json, string type) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private async Task<KubernetesAnswer> SendAsync(
        HttpMethod method, ObjectAddress address, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(WebhookLimits.ApiTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri($"{_options.Server.AbsoluteUri.TrimEnd('/')}/{path}")) { Content = body };
        KubernetesAnswer Failed(KubernetesOutcome outcome, string what) =>
            new(outcome, null, $"{method} {address}: {what} (API server {_options.Server.Authority}).");
        try
        {
            if (_options.TokenFile is not null)
            {
                if (!BearerToken.TryRead(_options.TokenFile, out var token, out var error))
                {
                    return Failed(KubernetesOutcome.NoCredentials, error);
                }

                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await Transport().SendAsync(request, either.Token);
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
            {
                return Failed(OutcomeOf(response.StatusCode), $"it answered {(int)response.StatusCode} {response.StatusCode}");
            }

            var content = await ReadAsync(response.Content, either.Token);
            return content is null
                ? Failed(KubernetesOutcome.TooLarge, $"its answer has more than {WebhookLimits.MaxObjectBytes} bytes")
                : Parse(content.Value) is { } document
                    ? new KubernetesAnswer(KubernetesOutcome.Done, document, "")
                    : Failed(KubernetesOutcome.Malformed, "its answer is no JSON object");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(KubernetesOutcome.TimedOut, $"it did not answer within {WebhookLimits.ApiTimeout.TotalSeconds} s");
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            return Failed(KubernetesOutcome.Untrusted, $"its certificate is of no authority in '{_options.AuthorityFile}', or for another name");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Failed(KubernetesOutcome.Unreachable, $"it is not reached: {e.Message.TrimEnd('.')}");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or CryptographicException)
        {
            return Failed(KubernetesOutcome.NoCredentials, e.Message.TrimEnd('.'));
        }
    }

    private static KubernetesOutcome OutcomeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => KubernetesOutcome.Unauthorized,
        HttpStatusCode.Forbidden => KubernetesOutcome.Forbidden,
        HttpStatusCode.NotFound => KubernetesOutcome.NotFound,
        HttpStatusCode.Conflict => KubernetesOutcome.Conflict,
        HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => KubernetesOutcome.Unavailable,
        _ => KubernetesOutcome.Refused,
    };

    /// <summary>The whole answer, or null where it is beyond the limit.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > WebhookLimits.MaxObjectBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            var document = JsonDocument.Parse(content, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The connections; new ones where the authorities' file changed.</summary>
    private HttpMessageInvoker Transport()
    {
        var authorities = _options.AuthorityFile is { } file ? PemFile.Read(file) : [];
        lock (_lock)
        {
            if (_http is not null && authorities.AsSpan().SequenceEqual(_authorities))
            {
                return _http;
            }

            var next = new HttpMessageInvoker(Connect(authorities));
            // An invoker leaves its requests under way alone when it goes.
            _http?.Dispose();
            _authorities = authorities;
            return _http = next;
        }
    }

    private SocketsHttpHandler Connect(byte[] authorities)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // The API server is beside us; a proxy from the environment would see the token.
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = WebhookLimits.ApiTimeout,
            MaxConnectionsPerServer = WebhookLimits.MaxApiConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            // Replicas of an API server behind one address share the load again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = MaxHeaderKilobytes,
        };
        if (_options.AuthorityFile is { } file)
        {
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = PrivateTrust.In(CertificatePair.ParseCertificates(authorities, $"'{file}'")),
            };
            KubernetesLog.AuthoritiesRead(_logger, file);
        }

        return handler;
    }
}
