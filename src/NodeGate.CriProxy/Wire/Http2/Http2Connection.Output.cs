using System.Buffers.Binary;
using System.Net.Sockets;
using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Wire.Http2;

/// <content>Frames that leave, and the sending of the output.</content>
internal abstract partial class Http2Connection
{
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
