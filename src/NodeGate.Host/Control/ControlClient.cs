using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeGate.Host.Commands;
using NodeGate.Host.Scanning;

namespace NodeGate.Host.Control;

/// <summary>Asks the running daemon. Each way in which it cannot be asked has its own message with the fix.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly string _path;
    private readonly HttpClient _http;

    internal ControlClient(string path)
    {
        _path = path;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => await ConnectAsync(cancellationToken),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>How the daemon stands.</summary>
    /// <exception cref="ControlException">It could not be asked.</exception>
    internal async Task<StatusReport> StatusAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        return await AskAsync(request, ControlJson.Line.StatusReport, ControlLimits.StatusTimeout, cancellationToken);
    }

    /// <summary>The question of containerd's image-verifier plugin, within <paramref name="timeout"/>.</summary>
    /// <exception cref="ControlException">It could not be asked.</exception>
    internal async Task<VerifyImageAnswer> VerifyImageAsync(VerifyImageRequest question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = Post("/v1/verify-image", question, ControlJson.Line.VerifyImageRequest);
        return await AskAsync(request, ControlJson.Line.VerifyImageAnswer, timeout, cancellationToken);
    }

    /// <summary>Lets the daemon judge what is on the node; each step as it comes.</summary>
    /// <exception cref="ControlException">It could not be asked, or stopped in the middle.</exception>
    internal async IAsyncEnumerable<ScanStep> ScanAsync(ScanRequest question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = Post("/v1/scan", question, ControlJson.Line.ScanRequest);
        using var response = await SendAsync(request, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        ScanStep? last = null;
        while (await ReadAsync(lines, cancellationToken) is { } line)
        {
            yield return last = Parse(line, ControlJson.Line.ScanStep);
        }

        if (last is null || last.Done < last.Total)
        {
            throw new ControlException($"The daemon on {_path} stopped in the middle of the scan; its log tells why.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Post<T>(string path, T question, JsonTypeInfo<T> type) => new(HttpMethod.Post, path)
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(question, type)),
    };

    private async Task<T> AskAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(timeout);
        try
        {
            using var response = await SendAsync(request, late.Token);
            return Parse(await response.Content.ReadAsStringAsync(late.Token), type);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlException($"The daemon on {_path} did not answer within {timeout.TotalSeconds:0} s.");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as ControlException ?? NotControl(e);
        }

        if (!response.Headers.TryGetValues(ControlServer.Header, out var version) || version.SingleOrDefault() != ControlServer.Version)
        {
            response.Dispose();
            throw NotControl(null);
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            return response;
        }

        using (response)
        {
            var problem = Parse(await response.Content.ReadAsStringAsync(cancellationToken), ControlJson.Line.ControlProblem).Problem;
            throw new ControlException($"The daemon on {_path} answered: {Terminal.Line(problem)}");
        }
    }

    private async Task<string?> ReadAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new ControlException($"The daemon on {_path} stopped in the middle of the scan: {e.Message} Its log tells why.", innerException: e);
        }
    }

    private T Parse<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new ControlException(
                $"The daemon on {_path} answered something else than this version of nodegate reads ({e.Message}) Is it another version? Restart it.", innerException: e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw Unreachable(e);
        }
        catch (ArgumentException e)
        {
            socket.Dispose();
            throw new ControlException($"'{Terminal.Line(_path)}' is too long for a unix socket's path.", innerException: e);
        }
    }

    private ControlException Unreachable(SocketException e)
    {
        const string Start = "Start it (systemctl start nodegate), or name the configuration that it runs with (--config).";
        return e.SocketErrorCode == SocketError.AccessDenied
            ? new ControlException($"No permission for the daemon's control socket {_path}: it is root's alone. Run this command as root.", innerException: e)
            : !File.Exists(_path)
                ? new ControlException($"The daemon is not running: there is no control socket {_path}. {Start}", isDaemonAway: true, e)
                : new ControlException($"The daemon is not running: nobody listens on its control socket {_path} ({e.Message}). {Start}", isDaemonAway: true, e);
    }

    private ControlException NotControl(Exception? cause) => new(
        $"Something else than NodeGate's control socket answers on {_path}, or it gave up{(cause is null ? "" : $" ({cause.Message})")}. It stands beside the socket of "
            + $"'listen' as …{ControlSocket.PathFor(".sock")}; name the daemon's own configuration (--config).",
        innerException: cause);
}
