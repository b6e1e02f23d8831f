using System.Buffers.Binary;
using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Wire.Http2;

/// <content>Frames that arrive.</content>
internal abstract partial class Http2Connection
{
    private RateWindow _resets;
    private RateWindow _settings;
    private RateWindow _pings;
    private RateWindow _emptyFrames;
    private bool _settingsReceived;

    /// <summary>Bytes that must come before the first frame.</summary>
    protected virtual ReadOnlySpan<byte> Preface => [];

    private bool PrefaceDone { get; set; }

    private bool HandleBatch()
    {
        try
        {
            if (!PrefaceDone && !HandlePreface())
            {
                return true;
            }

            while (!IsClosed && _receiveEnd - _receiveStart >= FrameHeader.Bytes)
            {
                var frame = FrameHeader.Read(_receive.AsSpan(_receiveStart));
                if (frame.Length > Limits.FrameBytes)
                {
                    throw new Http2Exception(Http2ErrorCode.FrameSizeError, $"a frame of {frame.Length} bytes is longer than {Limits.FrameBytes}");
                }

                if (_receiveEnd - _receiveStart < FrameHeader.Bytes + frame.Length)
                {
                    break;
                }

                HandleFrame(frame, _receive.AsSpan(_receiveStart + FrameHeader.Bytes, frame.Length));
                _receiveStart += FrameHeader.Bytes + frame.Length;
            }

            if (Output.Length > Limits.OutputBytes)
            {
                throw new Http2Exception(Http2ErrorCode.EnhanceYourCalm, $"{Output.Length} bytes of answers wait to be read");
            }

            Compact();
            return !IsClosed;
        }
        catch (Http2Exception e)
        {
            Fail(e.Code, e.Message);
        }
        catch (HpackException e)
        {
            Fail(Http2ErrorCode.CompressionError, e.Message);
        }

        return false;
    }

    private bool HandlePreface()
    {
        var preface = Preface;
        var got = _receive.AsSpan(_receiveStart, Math.Min(preface.Length, _receiveEnd - _receiveStart));
        if (!preface.StartsWith(got))
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, "the connection does not start with the HTTP/2 preface; only HTTP/2 with prior knowledge is spoken here");
        }

        if (got.Length < preface.Length)
        {
            return false;
        }

        _receiveStart += preface.Length;
        PrefaceDone = true;
        return true;
    }

    private void Compact()
    {
        var rest = _receiveEnd - _receiveStart;
        if (rest > 0 && _receiveStart > 0)
        {
            _receive.AsSpan(_receiveStart, rest).CopyTo(_receive);
        }

        _receiveStart = 0;
        _receiveEnd = rest;
    }

    private void HandleFrame(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!_settingsReceived && frame.Type != FrameType.Settings)
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"the first frame is {frame.Type}, not SETTINGS");
        }

        if (_blockStream != 0 && (frame.Type != FrameType.Continuation || frame.StreamId != _blockStream))
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"{frame.Type} interrupts the header block of stream {_blockStream}");
        }

        switch (frame.Type)
        {
            case FrameType.Data:
                HandleData(frame, payload);
                break;
            case FrameType.Headers:
                HandleHeaders(frame, payload);
                break;
            case FrameType.Continuation:
                HandleContinuation(frame, payload);
                break;
            case FrameType.Priority:
                RequireLength(frame, 5);
                RequireStream(frame);
                CountPing();
                break;
            case FrameType.ResetStream:
                HandleReset(frame, payload);
                break;
            case FrameType.Settings:
                HandleSettings(frame, payload);
                break;
            case FrameType.PushPromise:
                throw new Http2Exception(Http2ErrorCode.ProtocolError, "PUSH_PROMISE was never allowed here");
            case FrameType.Ping:
                RequireLength(frame, 8);
                RequireConnection(frame);
                if (!frame.Has(FrameFlags.Ack))
                {
                    CountPing();
                    WriteFrame(FrameType.Ping, FrameFlags.Ack, 0, payload);
                }

                break;
            case FrameType.GoAway:
                RequireConnection(frame);
                if (payload.Length < 8)
                {
                    throw new Http2Exception(Http2ErrorCode.FrameSizeError, $"GOAWAY has {payload.Length} bytes, not 8 or more");
                }

                OnGoAway(BinaryPrimitives.ReadInt32BigEndian(payload) & 0x7FFF_FFFF, (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]));
                break;
            case FrameType.WindowUpdate:
                HandleWindowUpdate(frame, payload);
                break;
            default:
                break; // RFC 9113 section 4.1: unknown types are ignored
        }
    }

    private static void RequireLength(in FrameHeader frame, int length)
    {
        if (frame.Length != length)
        {
            throw new Http2Exception(Http2ErrorCode.FrameSizeError, $"{frame.Type} has {frame.Length} bytes, not {length}");
        }
    }

    private static void RequireStream(in FrameHeader frame)
    {
        if (frame.StreamId == 0)
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"{frame.Type} on stream 0");
        }
    }

    private static void RequireConnection(in FrameHeader frame)
    {
        if (frame.StreamId != 0)
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"{frame.Type} on stream {frame.StreamId}, not 0");
        }
    }

    private static ReadOnlySpan<byte> WithoutPadding(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!frame.Has(FrameFlags.Padded))
        {
            return payload;
        }

        if (payload.IsEmpty || payload[0] >= payload.Length)
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"{frame.Type} of {payload.Length} bytes is shorter than its padding");
        }

        return payload[1..^payload[0]];
    }

    private void CountPing()
    {
        if (_pings.IsExceeded(Limits.PingsPerInterval, Limits.FloodInterval, Time))
        {
            throw new Http2Exception(Http2ErrorCode.EnhanceYourCalm, $"more than {Limits.PingsPerInterval} PING and PRIORITY frames in {Limits.FloodInterval.TotalSeconds} s");
        }
    }

    private void HandleData(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        RequireStream(frame);
        var data = WithoutPadding(frame, payload);
        var endStream = frame.Has(FrameFlags.EndStream);
        _receiveWindow -= payload.Length;
        if (_receiveWindow < 0)
        {
            throw new Http2Exception(Http2ErrorCode.FlowControlError, "more data than the connection's window");
        }

        if (payload.IsEmpty && !endStream && _emptyFrames.IsExceeded(Limits.EmptyFramesPerInterval, Limits.FloodInterval, Time))
        {
            throw new Http2Exception(Http2ErrorCode.EnhanceYourCalm, $"more than {Limits.EmptyFramesPerInterval} empty DATA frames in {Limits.FloodInterval.TotalSeconds} s");
        }

        if (!_streams.TryGetValue(frame.StreamId, out var stream))
        {
            if (IsIdle(frame.StreamId))
            {
                throw new Http2Exception(Http2ErrorCode.ProtocolError, $"DATA on idle stream {frame.StreamId}");
            }

            CreditConnection(payload.Length); // sent before our RST_STREAM arrived
            return;
        }

        if (stream.RemoteEnded)
        {
            CreditConnection(payload.Length);
            FailStream(stream, Http2ErrorCode.StreamClosed);
            return;
        }

        stream.ReceiveWindow -= payload.Length;
        if (stream.ReceiveWindow < 0)
        {
            CreditConnection(payload.Length);
            FailStream(stream, Http2ErrorCode.FlowControlError);
            return;
        }

        stream.RemoteEnded = endStream;
        if (payload.Length > data.Length)
        {
            Credit(stream, payload.Length - data.Length);
        }

        stream.OnData(data, endStream);
        CloseIfDone(stream);
    }

    private void HandleReset(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        RequireStream(frame);
        RequireLength(frame, 4);
        if (IsIdle(frame.StreamId))
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"RST_STREAM on idle stream {frame.StreamId}");
        }

        if (CountsResets && _resets.IsExceeded(Limits.ResetsPerInterval, Limits.FloodInterval, Time))
        {
            throw new Http2Exception(Http2ErrorCode.EnhanceYourCalm, $"more than {Limits.ResetsPerInterval} RST_STREAM frames in {Limits.FloodInterval.TotalSeconds} s");
        }

        if (_streams.TryGetValue(frame.StreamId, out var stream))
        {
            var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
            var wasComplete = stream.RemoteEnded;
            stream.End();
            stream.OnReset(code, wasComplete);
        }
    }

    private void HandleWindowUpdate(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        RequireLength(frame, 4);
        var increment = BinaryPrimitives.ReadInt32BigEndian(payload) & 0x7FFF_FFFF;
        if (frame.StreamId == 0)
        {
            if (increment == 0)
            {
                throw new Http2Exception(Http2ErrorCode.ProtocolError, "WINDOW_UPDATE of 0");
            }

            if ((long)_sendWindow + increment > int.MaxValue)
            {
                throw new Http2Exception(Http2ErrorCode.FlowControlError, "WINDOW_UPDATE overflows the connection's window");
            }

            _sendWindow += increment;
            PumpReady();
            return;
        }

        if (!_streams.TryGetValue(frame.StreamId, out var stream))
        {
            if (IsIdle(frame.StreamId))
            {
                throw new Http2Exception(Http2ErrorCode.ProtocolError, $"WINDOW_UPDATE on idle stream {frame.StreamId}");
            }

            return;
        }

        if (increment == 0 || (long)stream.SendWindow + increment > int.MaxValue)
        {
            FailStream(stream, increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError);
            return;
        }

        stream.SendWindow += increment;
        if (stream.QueuedBytes > 0)
        {
            stream.Pump();
        }
    }

    private void FailStream(Http2Stream stream, Http2ErrorCode code)
    {
        stream.SendReset(code);
        stream.OnStreamError(code);
    }
}
