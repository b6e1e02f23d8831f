using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>
/// One stream of one connection: its windows, what waits to be sent, and what is done with what arrives. Every member is used under the
/// group's lock.
/// </summary>
internal abstract class Http2Stream
{
    private SendQueue? _queue;
    private HeaderField[]? _trailers;
    private bool _endPending;
    private Http2ErrorCode? _resetWhenSent;

    /// <summary>Null before the stream is opened (a held call).</summary>
    public Http2Connection? Connection { get; private set; }

    public int Id { get; private set; }

    /// <summary>What the peer still takes. Negative after it lowered its initial window.</summary>
    public int SendWindow { get; set; }

    /// <summary>What the peer may still send.</summary>
    public int ReceiveWindow { get; set; }

    /// <summary>Bytes that were passed on and not yet given back with WINDOW_UPDATE.</summary>
    public int Returnable { get; set; }

    /// <summary>We sent END_STREAM or RST_STREAM.</summary>
    public bool LocalEnded { get; private set; }

    /// <summary>END_STREAM arrived.</summary>
    public bool RemoteEnded { get; set; }

    /// <summary>RST_STREAM was sent or arrived, or the connection is gone: nothing more happens here.</summary>
    public bool IsReset { get; private set; }

    /// <summary>It stands in the connection's queue for its turn to send.</summary>
    public bool IsReady { get; set; }

    /// <summary>A header block without END_STREAM (other than 1xx) has arrived.</summary>
    public bool HeadersReceived { get; set; }

    /// <summary>The end was given to us, but stands behind queued data.</summary>
    public bool IsEnding => _endPending || _trailers is not null;

    public int QueuedBytes => _queue?.Bytes ?? 0;

    public void Attach(Http2Connection connection, int id, int sendWindow, int receiveWindow)
    {
        Connection = connection;
        Id = id;
        SendWindow = sendWindow;
        ReceiveWindow = receiveWindow;
    }

    public abstract void OnHeaders(ReadOnlySpan<HeaderField> fields, bool endStream);

    public abstract void OnData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>The peer sent RST_STREAM; <paramref name="wasComplete"/> when END_STREAM stood before it.</summary>
    public abstract void OnReset(Http2ErrorCode code, bool wasComplete);

    /// <summary>The connection ended with the stream still open.</summary>
    public abstract void OnConnectionLost();

    /// <summary>We ended the stream because the peer broke a rule on it.</summary>
    public abstract void OnStreamError(Http2ErrorCode code);

    /// <summary><paramref name="bytes"/> given to <see cref="SendData"/> were written or thrown away.</summary>
    protected virtual void OnSent(int bytes)
    {
    }

    public void SendHeaders(ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        if (LocalEnded || IsReset || IsEnding)
        {
            return;
        }

        if (Connection is null || QueuedBytes > 0)
        {
            // Behind queued data only trailers can stand: RFC 9113 section 8.1 has no other headers there.
            _trailers = fields.ToArray();
            return;
        }

        LocalEnded |= endStream;
        Connection.WriteHeaders(Id, fields, endStream);
        Connection.CloseIfDone(this);
    }

    /// <summary>The first header block; unlike <see cref="SendHeaders"/> it goes before what is queued.</summary>
    public void WriteLeading(ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        LocalEnded |= endStream;
        Connection!.WriteHeaders(Id, fields, endStream);
        Connection.CloseIfDone(this);
    }

    public void SendData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (LocalEnded || IsReset)
        {
            OnSent(data.Length);
            return;
        }

        if (Connection is { } connection && QueuedBytes == 0)
        {
            while (!data.IsEmpty)
            {
                var n = Math.Min(Math.Min(data.Length, SendWindow), connection.SendRoom);
                if (n <= 0)
                {
                    break;
                }

                WriteData(connection, data[..n], endStream && n == data.Length);
                data = data[n..];
            }

            if (data.IsEmpty)
            {
                if (endStream && !LocalEnded)
                {
                    WriteData(connection, [], endStream: true);
                }

                connection.CloseIfDone(this);
                return;
            }
        }

        (_queue ??= new SendQueue()).Append(data);
        _endPending |= endStream;
        Connection?.MarkReady(this);
    }

    /// <summary>As <see cref="SendData"/> for memory that nobody changes any more.</summary>
    private void SendOwned(ReadOnlyMemory<byte> data, bool endStream)
    {
        if (LocalEnded || IsReset)
        {
            return;
        }

        (_queue ??= new SendQueue()).AppendOwned(data);
        _endPending |= endStream;
        Pump();
    }

    /// <summary>One gRPC message with its prefix; a short one in one frame.</summary>
    public void SendMessage(ReadOnlyMemory<byte> message, bool endStream)
    {
        const int Copied = 4096;
        Span<byte> frame = stackalloc byte[GrpcMessageReader.PrefixBytes + Copied];
        GrpcMessageReader.WritePrefix(frame, message.Length);
        if (message.Length <= Copied)
        {
            message.Span.CopyTo(frame[GrpcMessageReader.PrefixBytes..]);
            SendData(frame[..(GrpcMessageReader.PrefixBytes + message.Length)], endStream);
            return;
        }

        SendData(frame[..GrpcMessageReader.PrefixBytes], endStream: false);
        SendOwned(message, endStream);
    }

    /// <summary>
    /// Passes a reset on that came after a complete answer (RST_STREAM NO_ERROR behind END_STREAM): what is queued of that answer goes first.
    /// </summary>
    public void SendResetWhenSent(Http2ErrorCode code)
    {
        if (IsEnding && !IsReset)
        {
            _resetWhenSent = code;
            return;
        }

        SendReset(code);
    }

    public void SendReset(Http2ErrorCode code)
    {
        if (IsReset)
        {
            return;
        }

        if (Connection is { } connection)
        {
            connection.WriteReset(Id, code);
        }

        End();
    }

    /// <summary>Marks the stream as over, drops what waits, and leaves the connection.</summary>
    public void End()
    {
        if (IsReset)
        {
            return;
        }

        IsReset = true;
        LocalEnded = true;
        RemoteEnded = true;
        var waiting = QueuedBytes;
        _queue?.Dispose();
        _queue = null;
        _trailers = null;
        Connection?.Remove(this);
        if (waiting > 0)
        {
            OnSent(waiting);
        }
    }

    /// <summary>Gives the peer <paramref name="bytes"/> of room back.</summary>
    public void Credit(int bytes)
    {
        if (bytes > 0)
        {
            Connection?.Credit(this, bytes);
        }
    }

    /// <summary>Sends as much of the queue as the windows and the output take.</summary>
    public void Pump()
    {
        if (Connection is not { } connection || LocalEnded)
        {
            return;
        }

        while (QueuedBytes > 0)
        {
            if (SendWindow <= 0)
            {
                return; // its WINDOW_UPDATE comes back here
            }

            var room = Math.Min(SendWindow, connection.SendRoom);
            if (room <= 0)
            {
                connection.MarkReady(this);
                return;
            }

            var data = _queue!.Peek(room);
            var n = data.Length;
            WriteData(connection, data, _endPending && _trailers is null && n == QueuedBytes, consume: true);
        }

        if (_trailers is { } trailers)
        {
            _trailers = null;
            LocalEnded = true;
            connection.WriteHeaders(Id, trailers, endStream: true);
        }
        else if (_endPending && !LocalEnded)
        {
            WriteData(connection, [], endStream: true);
        }

        if (LocalEnded && _resetWhenSent is { } code)
        {
            SendReset(code);
        }

        connection.CloseIfDone(this);
    }

    private void WriteData(Http2Connection connection, ReadOnlySpan<byte> data, bool endStream, bool consume = false)
    {
        LocalEnded |= endStream;
        SendWindow -= data.Length;
        var length = data.Length;
        connection.WriteData(Id, data, endStream);
        if (consume)
        {
            _queue!.Consume(length);
        }

        if (length > 0)
        {
            OnSent(length);
        }
    }
}
