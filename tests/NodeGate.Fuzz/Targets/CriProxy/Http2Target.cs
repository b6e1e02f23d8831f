using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy.Wire;
using NodeGate.CriProxy.Wire.Gated;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.CriProxy.Wire.Relay;
using NodeGate.Fuzz.Engine;
using NodeGate.Testing.Files;

namespace NodeGate.Fuzz.Targets.CriProxy;

/// <summary>
/// What a client sends on one connection, after the preface. Oracles: the connection ends without an exception; its answer is whole frames that
/// begin with SETTINGS; and it does not matter in which pieces the bytes arrive: the same streams get the same answers.
/// </summary>
internal sealed class Http2Target : IFuzzTarget
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    public string Name => "http2";

    public IReadOnlyList<Type> Parsers => [typeof(Http2Connection), typeof(FrameHeader), typeof(ServerConnection), typeof(RequestHead)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var settings = Frame(FrameType.Settings, 0, 0, [0, 3, 0, 0, 0, 100, 0, 4, 0, 1, 0, 0]);
            var headers = Frame(FrameType.Headers, 0x5, 1, Block());
            yield return [.. settings, .. headers];
            yield return [.. settings, .. Frame(FrameType.Headers, 0x4, 1, Block()), .. Frame(FrameType.Data, 0x1, 1, [0, 0, 0, 0, 1, 7]), .. Frame(FrameType.Ping, 0, 0, new byte[8])];
            yield return
            [
                .. settings, .. Frame(FrameType.Settings, 1, 0, []), .. Frame(FrameType.Headers, 0x0, 3, Block()[..10]), .. Frame(FrameType.Continuation, 0x4, 3, Block()[10..]),
                .. Frame(FrameType.WindowUpdate, 0, 3, [0, 0, 1, 0]), .. Frame(FrameType.ResetStream, 0, 3, [0, 0, 0, 8]),
            ];
            yield return [.. settings, .. Frame(FrameType.Headers, 0x2c, 5, [2, 0, 0, 0, 0, 9, .. Block(), 0, 0]), .. Frame(FrameType.GoAway, 0, 0, new byte[8])];
        }
    }

    public string Check(byte[] input)
    {
        var whole = Answer(input, int.MaxValue);
        var pieces = Answer(input, Math.Max(1, input.Length / 3));
        FuzzFailure.UnlessEqual(whole, pieces, "it does not matter in which pieces bytes arrive");
        return Outcome.Shape(whole);
    }

    /// <summary>What came back, by its frames that depend on nothing but what was sent.</summary>
    private static string Answer(byte[] input, int piece)
    {
        using var folder = new ScratchFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.At("s")));
        listener.Listen(1);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(listener.LocalEndPoint!);
        using var server = listener.Accept();
        var limits = WireLimits.Default;
        var closed = 0;
        var connection = new ServerConnection(
            server, new ConnectionGroup(), folder.At("none"), null, new RefusingRouter(), new GatedBudget(limits), limits, TimeProvider.System, NullLogger.Instance, _ => closed++);
        connection.Start();
        byte[] sent = [.. Preface, .. input];
        var running = connection.RunAsync();
        piece = Math.Min(piece, sent.Length);
        for (var at = 0; at < sent.Length; at += piece)
        {
            if (!TrySend(client, sent.AsSpan(at, Math.Min(piece, sent.Length - at))))
            {
                break;
            }
        }

        _ = TryShutdown(client);
        running.GetAwaiter().GetResult();
        FuzzFailure.Unless(connection.IsClosed, "a connection whose client is gone is closed");
        server.Dispose();
        return Describe(ReadAll(client));
    }

    private static bool TrySend(Socket client, ReadOnlySpan<byte> bytes)
    {
        try
        {
            client.Send(bytes);
            return true;
        }
        catch (SocketException)
        {
            // The server ended the connection because of what came before.
            return false;
        }
    }

    private static bool TryShutdown(Socket client)
    {
        try
        {
            client.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NotConnected)
        {
            // The server was faster.
            return false;
        }
    }

    private static byte[] ReadAll(Socket client)
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = client.Receive(buffer)) > 0)
            {
                all.Write(buffer, 0, read);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed by the server with bytes of ours unread: what it said before is there.
            return all.ToArray();
        }

        return all.ToArray();
    }

    private static string Describe(ReadOnlySpan<byte> answer)
    {
        var frames = new List<string>();
        while (!answer.IsEmpty)
        {
            FuzzFailure.Unless(answer.Length >= FrameHeader.Bytes, "an answer is whole frames");
            var header = FrameHeader.Read(answer);
            FuzzFailure.Unless(answer.Length >= FrameHeader.Bytes + header.Length && header.Length <= 16_384, "an answer is whole frames");
            FuzzFailure.Unless(frames.Count > 0 || header.Type == FrameType.Settings, "the first frame is SETTINGS");
            var payload = answer.Slice(FrameHeader.Bytes, header.Length);
            // Windows are given back by batches, which pieces change.
            if (header.Type != FrameType.WindowUpdate)
            {
                frames.Add(header.Type is FrameType.GoAway ? $"GOAWAY {Text.Latin(payload[4..])}" : $"{header.Type} {(byte)header.Flags}");
            }

            answer = answer[(FrameHeader.Bytes + header.Length)..];
        }

        return string.Join(' ', frames);
    }

    private static byte[] Block()
    {
        using var output = new OutputBuffer();
        new HpackEncoder(4096).Encode(
            [
                HeaderField.Create(":method", "POST"), HeaderField.Create(":scheme", "http"), HeaderField.Create(":path", "/a.B/C"), HeaderField.Create(":authority", "x"),
                HeaderField.Create("content-type", "application/grpc"), HeaderField.Create("te", "trailers"), HeaderField.Create("grpc-timeout", "5S"),
            ],
            output);
        return output.Written.ToArray();
    }

    private static byte[] Frame(FrameType type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[FrameHeader.Bytes + payload.Length];
        new FrameHeader(payload.Length, type, (FrameFlags)flags, stream).Write(frame);
        payload.CopyTo(frame, FrameHeader.Bytes);
        return frame;
    }

    private sealed class RefusingRouter : ICallRouter
    {
        public CallRoute Route(string path) => new CallRoute.Refuse(GrpcStatusCode.Unimplemented, $"no {path.Length}");
    }
}
