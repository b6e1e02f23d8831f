using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Trust;

/// <summary>A TUF repository over HTTP. Nothing that it says is believed here; only how much it may say, and from where, is limited.</summary>
public sealed class TufMirror : IDisposable
{
    private const int MaxRedirects = 3;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly Uri _metadata;
    private readonly Uri _targets;
    private readonly HttpClient _client;

    /// <summary>Uses two folders of a server.</summary>
    /// <param name="metadata">The URL of the metadata.</param>
    /// <param name="targets">The URL of the target files.</param>
    public TufMirror(Uri metadata, Uri targets)
    {
        _metadata = metadata;
        _targets = targets;
        _client = new HttpClient(CreateHandler()) { Timeout = RequestTimeout };
    }

    /// <summary>A repository as Sigstore lays it out: target files in <c>targets/</c>.</summary>
    public static TufMirror At(Uri url) => new(url, new Uri(WithSlash(url) + "targets/"));

    /// <summary>A file, at most one byte more than <see cref="TufStep.Fetch.MaxBytes"/> of it; null where the repository has none.</summary>
    /// <exception cref="TufMirrorException">The mirror does not answer as one.</exception>
    public async Task<byte[]?> FetchAsync(TufStep.Fetch file, CancellationToken cancellationToken)
    {
        var url = new Uri(WithSlash(file.Place == TufPlace.Metadata ? _metadata : _targets) + file.Path);
        try
        {
            return await FetchAsync(url, file.MaxBytes, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or (IOException and not TufMirrorException))
        {
            throw new TufMirrorException($"{url} cannot be fetched: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TufMirrorException($"{url} was not answered within {RequestTimeout.TotalSeconds:0} s", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]?> FetchAsync(Uri url, int maxBytes, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    await using (var stream = await response.Content.ReadAsStreamAsync(cancellationToken))
                    {
                        return await ReadAsync(stream, maxBytes, cancellationToken);
                    }

                // Object stores answer 403 for what is not there to who may not list.
                case HttpStatusCode.NotFound or HttpStatusCode.Forbidden:
                    return null;
                case HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect
                    or HttpStatusCode.PermanentRedirect:
                    url = Redirected(url, response.Headers.Location);
                    break;
                default:
                    throw new TufMirrorException($"{url} was answered with {(int)response.StatusCode}; expected 200, or 404 for a file that is not there");
            }
        }

        throw new TufMirrorException($"{url} was reached over more than {MaxRedirects} redirects");
    }

    /// <summary>A mirror may move a file, but not send the node elsewhere, into its own network for instance.</summary>
    private static Uri Redirected(Uri from, Uri? location)
    {
        var to = location is null ? null : new Uri(from, location);
        return to is not null && to.Scheme == from.Scheme && to.Authority == from.Authority
            ? to
            : throw new TufMirrorException($"{from} redirects to {to?.GetLeftPart(UriPartial.Authority) ?? "nowhere"}; a mirror has to answer itself");
    }

    /// <summary>Counts what comes rather than what is announced: an endless answer has no length.</summary>
    private static async Task<byte[]> ReadAsync(Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (content.Length <= maxBytes)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                break;
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    private static string WithSlash(Uri url) => url.AbsoluteUri.TrimEnd('/') + "/";

    private static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ActivityHeadersPropagator = null,
        // verification.md 7.2: by default the peer's certificate makes this process fetch URLs that the peer chose.
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        },
    };
}
