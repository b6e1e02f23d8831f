using System.Buffers;
using System.Buffers.Binary;
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

    public bool TryBeginSend()
    {
        if (_isSending || Output.Length == 0)
        {
            return false;
        }

        TakeBuffer();
        _isSending = true;
        return true;
    }

    /// <summary>Sends what <see cref="TryBeginSend"/> took, and what comes meanwhile.</summary>
    public void SendTaken()
    {
        try
        {
            while (true)
            {
                var pending = _socket.SendAsync(_sending.Written[_sent..], SocketFlags.None, CancellationToken.None);
                if (!pending.IsCompleted)
                {
                    _ = SendRestAsync(pending);
                    return;
                }

                if (!OnSent(pending.GetAwaiter().GetResult()))
                {
                    return;
                }
            }
        }
        catch (SocketException)
        {
            OnSendFailed();
        }
        catch (ObjectDisposedException)
        {
            OnSendFailed();
        }
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

    public void WriteHeaders(int streamId, ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        var start = Output.Length;
        Output.GetSpan(FrameHeader.Bytes);
        Output.Advance(FrameHeader.Bytes);
        _encoder.Encode(fields, Output);
        var length = Output.Length - start - FrameHeader.Bytes;
        var flags = endStream ? FrameFlags.EndStream : FrameFlags.None;
        if (length <= PeerFrameBytes)
        {
            new FrameHeader(length, FrameType.Headers, flags | FrameFlags.EndHeaders, streamId).Write(Output.Slice(start));
            return;
        }

        var block = Output.Slice(start + FrameHeader.Bytes).ToArray();
        Output.Truncate(start);
        for (var position = 0; position < block.Length; position += PeerFrameBytes)
        {
            var fragment = block.AsSpan(position, Math.Min(PeerFrameBytes, block.Length - position));
            var last = position + fragment.Length == block.Length ? FrameFlags.EndHeaders : FrameFlags.None;
            WriteFrame(position == 0 ? FrameType.Headers : FrameType.Continuation, position == 0 ? flags | last : last, streamId, fragment);
        }
    }

    public void WriteData(int streamId, ReadOnlySpan<byte> data, bool endStream)
    {
        _sendWindow -= data.Length;
        WriteFrame(FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId, data);
    }

    public void WriteReset(int streamId, Http2ErrorCode code)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)code);
        WriteFrame(FrameType.ResetStream, FrameFlags.None, streamId, payload);
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

    /// <summary>The first frames of this side: SETTINGS, and the connection's window.</summary>
    protected void WriteSettings(ReadOnlySpan<(Http2Setting Name, int Value)> settings)
    {
        Span<byte> payload = stackalloc byte[6 * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[(i * 6)..], (ushort)settings[i].Name);
            BinaryPrimitives.WriteInt32BigEndian(payload[((i * 6) + 2)..], settings[i].Value);
        }

        WriteFrame(FrameType.Settings, FrameFlags.None, 0, payload);
        if (Limits.ConnectionWindowBytes > DefaultWindow)
        {
            WriteWindowUpdate(0, Limits.ConnectionWindowBytes - DefaultWindow);
        }
        else
        {
            _receiveWindow = DefaultWindow; // a connection's window cannot be made smaller
        }
    }

    protected void WriteGoAway(int lastStreamId, Http2ErrorCode code, string debug)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(debug);
        var payload = new byte[8 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), (uint)code);
        text.CopyTo(payload, 8);
        WriteFrame(FrameType.GoAway, FrameFlags.None, 0, payload);
    }

    private void WriteWindowUpdate(int streamId, int bytes)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        WriteFrame(FrameType.WindowUpdate, FrameFlags.None, streamId, payload);
    }

    private void WriteFrame(FrameType type, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload)
    {
        var span = Output.GetSpan(FrameHeader.Bytes + payload.Length);
        new FrameHeader(payload.Length, type, flags, streamId).Write(span);
        payload.CopyTo(span[FrameHeader.Bytes..]);
        Output.Advance(FrameHeader.Bytes + payload.Length);
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

    private void TakeBuffer()
    {
        (_sending, Output) = (Output, _sending);
        _sent = 0;
    }

    private async Task SendRestAsync(ValueTask<int> pending)
    {
        try
        {
            while (true)
            {
                if (!OnSent(await pending))
                {
                    return;
                }

                pending = _socket.SendAsync(_sending.Written[_sent..], SocketFlags.None, CancellationToken.None);
            }
        }
        catch (SocketException)
        {
            OnSendFailed();
        }
        catch (ObjectDisposedException)
        {
            OnSendFailed();
        }
    }

    /// <summary>Counts what was sent; true while there is more for this sender.</summary>
    private bool OnSent(int bytes)
    {
        _sent += bytes;
        if (_sent < _sending.Length)
        {
            return true;
        }

        Http2Connection? others;
        bool more;
        lock (Group.Lock)
        {
            _sending.Clear();
            if (_ready.Count > 0 && !IsClosed)
            {
                PumpReady();
            }

            more = Output.Length > 0;
            if (more)
            {
                TakeBuffer();
            }
            else
            {
                _isSending = false;
                if (_closeWhenSent)
                {
                    DisposeSocket();
                }
            }

            others = Group.TakeOutput();
        }

        ConnectionGroup.Send(others);
        return more;
    }

    // A peer that does not read its GOAWAY must not keep the socket.
    private async Task AbortLaterAsync()
    {
        await Task.Delay(Limits.HandshakeTimeout, Time, CancellationToken.None);
        lock (Group.Lock)
        {
            DisposeSocket();
        }
    }

    private void OnSendFailed()
    {
        Http2Connection? others;
        lock (Group.Lock)
        {
            _isSending = false;
            _closeWhenSent = true;
            _sending.Clear();
            Output.Clear();
            Close("the peer no longer reads");
            DisposeSocket();
            others = Group.TakeOutput();
        }

        ConnectionGroup.Send(others);
    }

    private void DisposeSocket()
    {
        Group.Remove(this);
        _socket.Dispose();
        if (!_isSending)
        {
            Output.Dispose();
            _sending.Dispose();
        }
    }
}
