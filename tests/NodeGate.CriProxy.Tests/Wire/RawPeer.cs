using System.Buffers.Binary;
using System.Net.Sockets;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>Either end of an HTTP/2 connection that writes and reads single frames, right or wrong.</summary>
internal sealed class RawPeer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly NetworkStream _stream;
    private readonly HpackEncoder _encoder = new(4096);
    private readonly HpackDecoder _decoder = new(4096, 1 << 20);
    private readonly OutputBuffer _output = new();

    private RawPeer(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static (string Name, string Value)[] Request(string path, params (string Name, string Value)[] more) =>
    [
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("te", "trailers"),
        ("content-type", "application/grpc"), .. more,
    ];

    public static async Task<RawPeer> ConnectAsync(string path, params (Http2Setting Name, uint Value)[] settings)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        var peer = new RawPeer(socket);
        peer._output.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        peer.Settings(settings);
        await peer.FlushAsync();
        return peer;
    }

    public static async Task<RawPeer> AcceptAsync(Socket listener, params (Http2Setting Name, uint Value)[] settings)
    {
        using var timeout = new CancellationTokenSource(Limit);
        var peer = new RawPeer(await listener.AcceptAsync(timeout.Token));
        var preface = new byte[24];
        await peer._stream.ReadExactlyAsync(preface, timeout.Token);
        peer.Settings(settings);
        await peer.FlushAsync();
        return peer;
    }

    public void Settings(params (Http2Setting Name, uint Value)[] settings)
    {
        var payload = new byte[6 * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), (ushort)settings[i].Name);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan((i * 6) + 2), settings[i].Value);
        }

        Frame(FrameType.Settings, FrameFlags.None, 0, payload);
    }

    public void Frame(FrameType type, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload)
    {
        var span = _output.GetSpan(FrameHeader.Bytes + payload.Length);
        new FrameHeader(payload.Length, type, flags, streamId).Write(span);
        payload.CopyTo(span[FrameHeader.Bytes..]);
        _output.Advance(FrameHeader.Bytes + payload.Length);
    }

    public byte[] Block(params (string Name, string Value)[] fields)
    {
        using var block = new OutputBuffer();
        _encoder.Encode([.. fields.Select(field => HeaderField.Create(field.Name, field.Value))], block);
        return block.Written.ToArray();
    }

    public void Headers(int streamId, bool endStream, params (string Name, string Value)[] fields) =>
        Frame(FrameType.Headers, FrameFlags.EndHeaders | (endStream ? FrameFlags.EndStream : FrameFlags.None), streamId, Block(fields));

    public void Data(int streamId, bool endStream, ReadOnlySpan<byte> data) =>
        Frame(FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId, data);

    public void Number(FrameType type, int streamId, uint value)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, value);
        Frame(type, FrameFlags.None, streamId, payload);
    }

    public void Reset(int streamId, Http2ErrorCode code) => Number(FrameType.ResetStream, streamId, (uint)code);

    public void WindowUpdate(int streamId, uint bytes) => Number(FrameType.WindowUpdate, streamId, bytes);

    public void GoAway(int lastStreamId)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStreamId);
        Frame(FrameType.GoAway, FrameFlags.None, 0, payload);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => _output.Write(bytes);

    public async Task FlushAsync()
    {
        using var timeout = new CancellationTokenSource(Limit);
        await _stream.WriteAsync(_output.Written, timeout.Token);
        _output.Clear();
    }

    /// <summary>The next frame, or null at the end of the connection. SETTINGS are acknowledged.</summary>
    public async Task<RawFrame?> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(Limit);
        var head = new byte[FrameHeader.Bytes];
        try
        {
            if (await _stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, timeout.Token) < head.Length)
            {
                return null;
            }

            var header = FrameHeader.Read(head);
            var payload = new byte[header.Length];
            await _stream.ReadExactlyAsync(payload, timeout.Token);
            return new RawFrame(header, payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The next frame that is not about the connection alone (SETTINGS, WINDOW_UPDATE, PING).</summary>
    public async Task<RawFrame> ReadCallFrameAsync()
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.Type is not (FrameType.Settings or FrameType.WindowUpdate or FrameType.Ping))
            {
                return frame;
            }
        }

        throw new InvalidOperationException("the connection ended");
    }

    public async Task<RawFrame> ReadAsync(FrameType type)
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.Type == type)
            {
                return frame;
            }
        }

        throw new InvalidOperationException($"the connection ended without {type}");
    }

    public string[] Decode(RawFrame frame)
    {
        Assert.Equal(FrameType.Headers, frame.Type);
        return DecodeBlock(frame.Payload);
    }

    public string[] DecodeBlock(ReadOnlySpan<byte> block)
    {
        var list = new HeaderList(1 << 20);
        _decoder.Decode(block, list);
        return [.. list.Fields.ToArray().Select(field => $"{field.NameText}: {field.ValueText}")];
    }

    public void Dispose()
    {
        _stream.Dispose();
        _decoder.Dispose();
        _output.Dispose();
    }
}
