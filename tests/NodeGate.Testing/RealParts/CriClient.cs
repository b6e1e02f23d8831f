using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NodeGate.Testing.RealParts;

/// <summary>A gRPC client over a unix socket that hides nothing: bytes in, headers, messages and trailers out.</summary>
public sealed class CriClient : IDisposable
{
    private const int FrameHeader = 5;
    private readonly HttpClient _http;

    /// <param name="socketPath">The unix socket.</param>
    /// <param name="api"><c>runtime.v1</c>, or <c>runtime.v1alpha2</c> with the same messages.</param>
    public CriClient(string socketPath, string api = "runtime.v1")
    {
        SocketPath = socketPath;
        Api = api;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string SocketPath { get; }

    public string Api { get; }

    /// <summary>One message there, everything back. <paramref name="path"/> is <c>/runtime.v1.ImageService/PullImage</c>.</summary>
    public async Task<CriReply> CallAsync(
        string path, ReadOnlyMemory<byte> message, IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(path, message, metadata, cancellationToken);
        var messages = new List<ReadOnlyMemory<byte>>();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (await ReadMessageAsync(body, cancellationToken) is { } next)
        {
            messages.Add(next);
        }

        return new CriReply((int)response.StatusCode, Entries(response.Headers, response.Content.Headers), messages, Entries(response.TrailingHeaders));
    }

    public Task<CriReply> CallAsync(string path, ReadOnlyMemory<byte> message) => CallAsync(path, message, [], CancellationToken.None);

    /// <summary>The messages of a server stream as they come. Throws <see cref="CriException"/> when it ends with an error.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> StreamAsync(
        string path, ReadOnlyMemory<byte> message, IEnumerable<KeyValuePair<string, string>> metadata, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(path, message, metadata, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (await ReadMessageAsync(body, cancellationToken) is { } next)
        {
            yield return next;
        }

        new CriReply((int)response.StatusCode, Entries(response.Headers, response.Content.Headers), [], Entries(response.TrailingHeaders)).EnsureOk(path);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<ReadOnlyMemory<byte>?> ReadMessageAsync(Stream body, CancellationToken cancellationToken)
    {
        var header = new byte[FrameHeader];
        var read = await body.ReadAtLeastAsync(header, FrameHeader, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
        {
            return null;
        }

        if (read < FrameHeader || header[0] != 0)
        {
            throw new InvalidDataException($"not an uncompressed gRPC frame: {Convert.ToHexString(header.AsSpan(0, read))}");
        }

        var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
        await body.ReadExactlyAsync(message, cancellationToken);
        return message;
    }

    private static List<KeyValuePair<string, string>> Entries(params ReadOnlySpan<HttpHeaders> blocks)
    {
        var entries = new List<KeyValuePair<string, string>>();
        foreach (var block in blocks)
        {
            foreach (var (name, values) in block.NonValidated)
            {
                entries.AddRange(values.Select(value => KeyValuePair.Create(name.ToLowerInvariant(), value)));
            }
        }

        return entries;
    }

    private Task<HttpResponseMessage> SendAsync(
        string path, ReadOnlyMemory<byte> message, IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken cancellationToken)
    {
        var frame = new byte[FrameHeader + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsMemory(FrameHeader));
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in metadata)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
