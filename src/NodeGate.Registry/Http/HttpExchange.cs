using System.Net.Sockets;
using System.Security.Authentication;
using NodeGate.Oci;

namespace NodeGate.Registry.Http;

/// <summary>One request and one body, each within its bounds, with every fault told as a <see cref="HostException"/>.</summary>
internal sealed class HttpExchange(ConnectionPools pools, RegistryTimings timings, TimeProvider time)
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>Sends and waits for the headers.</summary>
    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TlsSetup tls, RequestCounter counter, CancellationToken cancellationToken)
    {
        using var header = new CancellationTokenSource(timings.Header, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, header.Token);
        try
        {
            var response = await pools.Get(tls).SendAsync(request, linked.Token);
            counter.Add();
            return response;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Either our own bound, or the handler's on connecting.
            counter.Add();
            throw header.IsCancellationRequested
                ? new HostException(ContentFailure.TimedOut, "no answer in time", e) { IsUnreachable = true }
                : new HostException(ContentFailure.Unavailable, "no connection in time", e) { IsUnreachable = true };
        }
        catch (HttpRequestException e)
        {
            var failure = Translate(e);
            if (!failure.SpeaksNoTls)
            {
                counter.Add();
            }

            throw failure;
        }
    }

    /// <summary>Reads a body of at most <paramref name="maxBytes"/>, refused before it is read where its length is declared.</summary>
    internal async Task<byte[]> ReadAsync(HttpContent content, long maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        try
        {
            await using var stream = await content.ReadAsStreamAsync(linked.Token);

            // Grown as bytes really come: a length that is only declared must not reserve memory.
            var buffer = new byte[(int)Math.Min(FirstBuffer, maxBytes + 1)];
            var length = 0;
            for (; ; )
            {
                idle.CancelAfter(timings.BodyIdle);
                var read = await stream.ReadAsync(buffer.AsMemory(length), linked.Token);
                length += read;
                if (length > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }

                if (read == 0)
                {
                    return length == buffer.Length ? buffer : buffer[..length];
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxBytes + 1));
                }
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostException(ContentFailure.TimedOut, "its answer stopped in the middle", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new HostException(ContentFailure.Unavailable, "the connection broke in the middle of its answer", e) { IsRetryable = true };
        }
    }

    private static HostException TooLarge(long maxBytes) =>
        new(ContentFailure.LimitExceeded, $"its answer is larger than {maxBytes} bytes");

    private static HostException Translate(HttpRequestException e)
    {
        switch (e.HttpRequestError)
        {
            case HttpRequestError.NameResolutionError:
                return new(ContentFailure.Unavailable, "its name cannot be resolved", e) { IsRetryable = true, IsUnreachable = true };
            case HttpRequestError.ConnectionError:
                return new(ContentFailure.Unavailable, "no connection", e) { IsRetryable = true, IsUnreachable = true };
            case HttpRequestError.ProxyTunnelError:
                return new(ContentFailure.Unavailable, "the proxy of the node (HTTPS_PROXY) lets no connection through", e) { IsRetryable = true };
            case HttpRequestError.ConfigurationLimitExceeded:
                return new(
                    ContentFailure.LimitExceeded,
                    $"its headers are larger than {RegistryLimits.MaxResponseHeaderKilobytes} KiB", e);
            case HttpRequestError.SecureConnectionError when Find<CertificateRefusedException>(e) is { } refused:
                return new(
                    ContentFailure.Unavailable,
                    $"its certificate is not trusted ({refused.Errors}); add its authority as 'ca' to its hosts.toml", e);
            // What .NET throws for a frame that is no TLS record has no cause; a failed handshake has OpenSSL's.
            case HttpRequestError.SecureConnectionError when Find<AuthenticationException>(e) is { InnerException: null }:
                return new(ContentFailure.Unavailable, "it speaks no TLS; if plain http is meant, list it under registry.plainHttp or in hosts.toml", e)
                {
                    SpeaksNoTls = true,
                };
            case HttpRequestError.SecureConnectionError:
                return new(ContentFailure.Unavailable, "the TLS handshake failed", e)
                {
                    IsRetryable = Find<SocketException>(e) is not null || Find<IOException>(e) is not null,
                };
            case HttpRequestError.InvalidResponse or HttpRequestError.VersionNegotiationError or HttpRequestError.HttpProtocolError:
                return new(ContentFailure.Unavailable, "its answer is not HTTP", e);
            default:
                return new(ContentFailure.Unavailable, "the connection broke before it answered", e) { IsRetryable = true };
        }
    }

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T found)
            {
                return found;
            }
        }

        return null;
    }
}
