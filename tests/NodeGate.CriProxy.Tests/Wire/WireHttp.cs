using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>gRPC calls with the framework's own HTTP/2 client, which shares no code with the relay.</summary>
internal static class WireHttp
{
    public static HttpClient Client(string path) => new(
        new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
    {
        BaseAddress = new Uri("http://localhost"),
        Timeout = TimeSpan.FromSeconds(90),
    };

    public static HttpRequestMessage Request(string path, HttpContent content, params (string Name, string Value)[] headers)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.ParseAdd("trailers");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public static byte[] Frame(ReadOnlySpan<byte> message)
    {
        var frame = new byte[5 + message.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(5));
        return frame;
    }

    public static async Task<WireAnswer> CallAsync(HttpClient client, string path, byte[] message, params (string Name, string Value)[] headers)
    {
        using var request = Request(path, new ByteArrayContent(Frame(message)), headers);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        return new WireAnswer(
            body.Length == 0 ? null : body[5..],
            response.Headers.Concat(response.TrailingHeaders).SelectMany(field => field.Value.Select(value => (field.Key, value))).ToArray());
    }
}
