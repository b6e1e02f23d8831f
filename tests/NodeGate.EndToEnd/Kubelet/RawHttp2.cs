using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>One gRPC call by hand over a unix socket, to see the frames themselves: what a library hides is what breaks grpc-go.</summary>
internal static class RawHttp2
{
    internal const byte Data = 0;
    internal const byte Headers = 1;
    internal const byte Reset = 3;
    internal const byte EndStream = 1;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte Acknowledgement = 1;
    private const byte EndHeaders = 4;
    private const int FrameHeader = 9;

    /// <summary>The frames of the call's stream, in their order, to the end of the stream and what came behind it.</summary>
    internal static async Task<IReadOnlyList<(byte Type, byte Flags, byte[] Payload)>> CallAsync(string socketPath, string path, ReadOnlyMemory<byte> message)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), deadline.Token);
        await using var stream = new NetworkStream(socket);
        var body = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(1), (uint)message.Length);
        message.CopyTo(body.AsMemory(5));
        byte[] opening =
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            .. Frame(Settings, 0, 0, []),
            .. Frame(Headers, EndHeaders, 1, HeaderBlock(path)),
            .. Frame(Data, EndStream, 1, body),
        ];
        await stream.WriteAsync(opening, deadline.Token);

        var frames = new List<(byte, byte, byte[])>();
        var header = new byte[FrameHeader];
        var isPinged = false;
        while (true)
        {
            await stream.ReadExactlyAsync(header, deadline.Token);
            var length = (header[0] << 16) | (header[1] << 8) | header[2];
            var payload = new byte[length];
            await stream.ReadExactlyAsync(payload, deadline.Token);
            var (type, flags) = (header[3], header[4]);
            if (type == Settings && (flags & Acknowledgement) == 0)
            {
                await stream.WriteAsync(Frame(Settings, Acknowledgement, 0, []), deadline.Token);
            }
            else if (type == Ping && isPinged && (flags & Acknowledgement) != 0)
            {
                return frames; // Whatever the call's stream still had to say stands before the answer to our ping.
            }
            else if ((BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue) == 1)
            {
                frames.Add((type, flags, payload));
                if ((flags & EndStream) != 0 && type is Data or Headers && !isPinged)
                {
                    isPinged = true;
                    await stream.WriteAsync(Frame(Ping, 0, 0, new byte[8]), deadline.Token);
                }
            }
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameHeader + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(FrameHeader));
        return frame;
    }

    // RFC 7541 section 6.2.2, literals without indexing and without Huffman; every length here is below 127.
    private static byte[] HeaderBlock(string path)
    {
        using var block = new MemoryStream();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
            [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc"), ("user-agent", "grpc-go/1.81.1")])
        {
            block.WriteByte(0);
            foreach (var text in (ReadOnlySpan<string>)[name, value])
            {
                block.WriteByte((byte)text.Length);
                block.Write(Encoding.ASCII.GetBytes(text));
            }
        }

        return block.ToArray();
    }
}
