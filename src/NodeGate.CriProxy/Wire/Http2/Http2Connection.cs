using System.Buffers;
using System.Net.Sockets;
using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>
/// One HTTP/2 connection over a connected stream socket, as either end (RFC 9113 without priorities, push and upgrade).
/// </summary>
/// <remarks>
/// The way of a byte: (1) <see cref="RunAsync"/> receives a batch; (2) under the group's lock every whole frame in it is handled, which
/// writes into the <see cref="Output"/> of any connection of the group; (3) outside the lock each output is sent with one call. A batch of
/// sixteen answers is so one read, one lock and one write. The thread that received also sends; no other one is woken.
/// </remarks>
internal abstract partial class Http2Connection
{
    private const int ReceiveBytes = 64 * 1024;
    private const int DefaultWindow = 65_535;

    // Every peer takes this much; longer frames would only make other streams wait.
    private const int PeerFrameBytes = 16_384;

    private readonly Socket _socket;
    private readonly HpackDecoder _decoder;
    private readonly HpackEncoder _encoder;
    private readonly HeaderList _headers;
    private readonly Queue<Http2Stream> _ready = new();
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private byte[] _receive = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
    private int _receiveStart;
    private int _receiveEnd;
    private OutputBuffer _sending = new();
    private int _sent;
    private bool _isSending;
    private bool _closeWhenSent;
    private int _sendWindow = DefaultWindow;
    private int _receiveWindow;
    private int _returnable;
    private int _peerInitialWindow = DefaultWindow;

    protected Http2Connection(Socket socket, ConnectionGroup group, WireLimits limits, TimeProvider time, int headerListBytes)
    {
        _socket = socket;
        Group = group;
        Limits = limits;
        Time = time;
        HeaderListBytes = headerListBytes;
        _decoder = new HpackDecoder(limits.HeaderTableBytes, headerListBytes);
        _encoder = new HpackEncoder(limits.HeaderTableBytes);
        _headers = new HeaderList(headerListBytes);
        _receiveWindow = limits.ConnectionWindowBytes;
    }

    public ConnectionGroup Group { get; }

    /// <summary>The next one in a list from <see cref="ConnectionGroup.TakeOutput"/>.</summary>
    public Http2Connection? NextToSend { get; set; }

    /// <summary>No frame is handled any more; what was written is still sent if the peer reads it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Why the connection was ended from this side, for the log.</summary>
    public string? CloseReason { get; private set; }

    public int StreamCount => _streams.Count;

    /// <summary>How many bytes of one frame of data may be written now.</summary>
    public int SendRoom => Output.Length >= Limits.OutputHighWaterBytes ? 0 : Math.Min(_sendWindow, PeerFrameBytes);

    /// <summary>Bytes that wait for the socket.</summary>
    public int OutputBytes => Output.Length + _sending.Length;

    protected WireLimits Limits { get; }

    protected TimeProvider Time { get; }

    protected OutputBuffer Output { get; private set; } = new();

    protected int HeaderListBytes { get; }

    /// <summary>SETTINGS_MAX_CONCURRENT_STREAMS of the peer.</summary>
    protected uint PeerConcurrentStreams { get; private set; } = uint.MaxValue;

    protected IReadOnlyCollection<Http2Stream> Streams => _streams.Values;

    /// <summary>Receives until the connection ends. Never throws for what the peer does.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            int received;
            try
            {
                received = await _socket.ReceiveAsync(_receive.AsMemory(_receiveEnd), SocketFlags.None);
            }
            catch (SocketException)
            {
                received = 0; // reset by the peer, or disposed by us: the same end
            }
            catch (ObjectDisposedException)
            {
                received = 0;
            }

            Http2Connection? output;
            bool goOn;
            lock (Group.Lock)
            {
                _receiveEnd += received;
                goOn = received > 0 && HandleBatch();
                if (!goOn)
                {
                    Close(reason: null);
                }

                output = Group.TakeOutput();
            }

            ConnectionGroup.Send(output);
            if (!goOn)
            {
                break;
            }
        }

        ArrayPool<byte>.Shared.Return(_receive);
        _receive = [];
        _decoder.Dispose();
    }

    /// <summary>Ends the connection after a broken rule: GOAWAY, then close when it was sent.</summary>
    public void Fail(Http2ErrorCode code, string reason)
    {
        if (IsClosed)
        {
            return;
        }

        WriteGoAway(LastPeerStream, code, reason);
        Close(reason);
    }

    /// <summary>Ends the connection: its streams are told, the socket is closed when the output is sent.</summary>
    public void Close(string? reason)
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        CloseReason = reason;
        foreach (var stream in _streams.Values.ToArray())
        {
            stream.OnConnectionLost();
            stream.End();
        }

        _streams.Clear();
        OnClosed();
        _closeWhenSent = true;
        if (!_isSending && Output.Length == 0)
        {
            DisposeSocket();
        }
        else
        {
            _ = AbortLaterAsync();
        }
    }

    /// <summary>Closes the socket without waiting for the output.</summary>
    public void Abort()
    {
        Close("aborted");
        DisposeSocket();
    }

    public void MarkReady(Http2Stream stream)
    {
        if (!stream.IsReady)
        {
            stream.IsReady = true;
            _ready.Enqueue(stream);
        }
    }

    public void Credit(Http2Stream stream, int bytes)
    {
        if (IsClosed)
        {
            return; // nothing stands behind GOAWAY
        }

        CreditConnection(bytes);
        stream.Returnable += bytes;
        if (!stream.RemoteEnded && stream.Returnable >= Limits.StreamWindowBytes / 2)
        {
            stream.ReceiveWindow += stream.Returnable;
            WriteWindowUpdate(stream.Id, stream.Returnable);
            stream.Returnable = 0;
        }
    }

    public void CloseIfDone(Http2Stream stream)
    {
        if (stream is { LocalEnded: true, RemoteEnded: true, IsReset: false })
        {
            stream.End();
        }
    }

    public void Remove(Http2Stream stream)
    {
        if (_streams.Remove(stream.Id) && !IsClosed)
        {
            OnStreamRemoved();
        }
    }

    protected abstract int LastPeerStream { get; }

    /// <summary>A header block for a stream that is not open: a new call, or a late frame.</summary>
    protected abstract void OnUnknownStreamHeaders(int streamId, HeaderList headers, bool endStream);

    /// <summary>Whether the stream was never opened, so that a frame on it breaks a rule.</summary>
    protected abstract bool IsIdle(int streamId);

    protected abstract void OnSettings();

    protected abstract void OnGoAway(int lastStreamId, Http2ErrorCode code);

    protected abstract void OnStreamRemoved();

    protected abstract void OnClosed();

    /// <summary>Whether the peer's RST_STREAM frames are limited: a client can make containerd work for nothing, containerd cannot.</summary>
    protected virtual bool CountsResets => false;

    protected void Open(Http2Stream stream, int id)
    {
        stream.Attach(this, id, _peerInitialWindow, Limits.StreamWindowBytes);
        _streams.Add(id, stream);
    }

    private void CreditConnection(int bytes)
    {
        _returnable += bytes;
        if (_returnable >= Limits.ConnectionWindowBytes / 2)
        {
            _receiveWindow += _returnable;
            WriteWindowUpdate(0, _returnable);
            _returnable = 0;
        }
    }

    private void PumpReady()
    {
        while (_ready.Count > 0 && SendRoom > 0)
        {
            var stream = _ready.Dequeue();
            stream.IsReady = false;
            stream.Pump();
        }
    }
}
