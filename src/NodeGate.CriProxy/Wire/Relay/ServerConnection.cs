using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Wire.Gated;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>One client: its calls are routed, and the relayed ones go over upstream connections of its own.</summary>
internal sealed class ServerConnection : Http2Connection
{
    private readonly UpstreamLinks _links;
    private readonly ICallRouter _router;
    private readonly GatedBudget _budget;
    private readonly Action<ServerConnection> _closed;
    private int _lastStream;
    private bool _isDraining;

    public ServerConnection(
        Socket socket, ConnectionGroup group, string upstreamPath, UpstreamProbe? probe, ICallRouter router, GatedBudget budget, WireLimits limits,
        TimeProvider time, ILogger logger, Action<ServerConnection> closed)
        : base(socket, group, limits, time, limits.RequestHeaderListBytes)
    {
        _links = new UpstreamLinks(group, upstreamPath, probe, limits, time, logger);
        _router = router;
        _budget = budget;
        _closed = closed;
        Log = logger;
        group.Add(this);
    }

    public ILogger Log { get; }

    public TimeProvider Clock => Time;

    /// <summary>Gated methods that have not returned yet, those of reset streams too: a reset must not make room for the next one.</summary>
    public int GatedRunning { get; set; }

    /// <summary>Those of <see cref="GatedRunning"/> that are long.</summary>
    public int LongGatedRunning { get; set; }

    public bool IsGreeted { get; private set; }

    protected override int LastPeerStream => _lastStream;

    protected override bool CountsResets => true;

    protected override ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Our SETTINGS: the first frame of the server, sent without waiting for the client's.</summary>
    public void Start()
    {
        Http2Connection? output;
        lock (Group.Lock)
        {
            WriteSettings(
            [
                (Http2Setting.MaxConcurrentStreams, Limits.ConcurrentStreams),
                (Http2Setting.InitialWindowSize, Limits.StreamWindowBytes),
                (Http2Setting.MaxHeaderListSize, Limits.RequestHeaderListBytes),
            ]);
            output = Group.TakeOutput();
        }

        ConnectionGroup.Send(output);
    }

    /// <summary>GOAWAY: calls in flight finish, then the connection is closed.</summary>
    public void BeginDrain()
    {
        Http2Connection? output;
        lock (Group.Lock)
        {
            if (!IsClosed && !_isDraining)
            {
                _isDraining = true;
                WriteGoAway(_lastStream, Http2ErrorCode.NoError, "nodegate is stopping");
                CloseIfDrained();
            }

            output = Group.TakeOutput();
        }

        ConnectionGroup.Send(output);
    }

    /// <summary>Answers what is still open UNAVAILABLE, and closes.</summary>
    public void Stop(string message)
    {
        Http2Connection? output;
        lock (Group.Lock)
        {
            foreach (var stream in Streams.ToArray())
            {
                ((ServerStream)stream).AnswerError(GrpcStatusCode.Unavailable, message);
            }

            Close(reason: null);
            output = Group.TakeOutput();
        }

        ConnectionGroup.Send(output);
    }

    /// <summary>Closes at once.</summary>
    public void Drop()
    {
        lock (Group.Lock)
        {
            Abort();
        }
    }

    protected override void OnUnknownStreamHeaders(int streamId, HeaderList headers, bool endStream)
    {
        if ((streamId & 1) == 0)
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"a client opened stream {streamId}, an even number");
        }

        if (streamId <= _lastStream)
        {
            return; // late trailers of a stream that we ended
        }

        _lastStream = streamId;
        if (_isDraining)
        {
            return; // above the id of our GOAWAY: the client knows that it was not processed
        }

        if (StreamCount >= Limits.ConcurrentStreams)
        {
            WriteReset(streamId, Http2ErrorCode.RefusedStream);
            return;
        }

        if (headers.IsTooLarge)
        {
            Refuse(streamId, GrpcStatusCode.ResourceExhausted, $"nodegate: the request's headers are larger than {Limits.RequestHeaderListBytes} bytes", endStream);
            return;
        }

        if (!RequestHead.TryRead(headers.Fields, out var head))
        {
            WriteReset(streamId, Http2ErrorCode.ProtocolError);
            return;
        }

        switch (_router.Route(head.Path.ValueText))
        {
            case CallRoute.Relay:
                var relayed = new RelayServerStream(_links) { HeadersReceived = true, RemoteEnded = endStream };
                Open(relayed, streamId);
                _links.Start(relayed.Upstream, headers.Fields, endStream);
                break;
            case CallRoute.Gate gate:
                if (Check(streamId, head, endStream))
                {
                    Open(new GatedServerStream(this, _budget, Limits, gate.Method, head.Path.ValueText, headers.Fields), streamId, endStream);
                }

                break;
            case CallRoute.Refuse refuse:
                if (Check(streamId, head, endStream))
                {
                    Refuse(streamId, refuse.Status, refuse.Message, endStream);
                }

                break;
            default:
                Refuse(streamId, GrpcStatusCode.Unimplemented, "nodegate: no route", endStream);
                break;
        }
    }

    protected override bool IsIdle(int streamId) => streamId > _lastStream || (streamId & 1) == 0;

    protected override void OnSettings() => IsGreeted = true;

    protected override void OnGoAway(int lastStreamId, Http2ErrorCode code)
    {
        // The client opens nothing more and closes when it has its answers; GOAWAY bounds only streams of ours, and we open none.
    }

    protected override void OnStreamRemoved() => CloseIfDrained();

    protected override void OnClosed()
    {
        _links.Stop();
        if (CloseReason is { } reason)
        {
            WireLog.ConnectionFailed(Log, reason);
        }

        _closed(this);
    }

    private void Open(GatedServerStream stream, int streamId, bool endStream)
    {
        stream.HeadersReceived = true;
        stream.RemoteEnded = endStream;
        Open(stream, streamId);
        stream.Start();
        if (endStream)
        {
            stream.OnData([], endStream: true);
        }
    }

    /// <summary>As grpc-go's server answers a request that is not gRPC. A relayed one gets containerd's own answer.</summary>
    private bool Check(int streamId, RequestHead head, bool endStream)
    {
        if (!head.IsPost)
        {
            Refuse(streamId, GrpcStatusCode.Internal, $"Received a HEADERS frame with :method \"{head.Method.ValueText}\" which should be POST", endStream, "405");
            return false;
        }

        if (!head.IsGrpc)
        {
            Refuse(streamId, GrpcStatusCode.InvalidArgument, $"invalid gRPC request content-type \"{head.ContentType?.ValueText}\"", endStream, "415");
            return false;
        }

        return true;
    }

    private void Refuse(int streamId, GrpcStatusCode status, string message, bool endStream, string? httpStatus = null)
    {
        var first = httpStatus is null ? GrpcFields.Status200 : HeaderField.Create(":status", httpStatus);
        WriteHeaders(streamId, [first, GrpcFields.ContentType, GrpcFields.Status(status), GrpcFields.Message(message)], endStream: true);
        if (!endStream)
        {
            WriteReset(streamId, Http2ErrorCode.NoError);
        }
    }

    private void CloseIfDrained()
    {
        if (_isDraining && StreamCount == 0 && !IsClosed)
        {
            Close(reason: null);
        }
    }
}
