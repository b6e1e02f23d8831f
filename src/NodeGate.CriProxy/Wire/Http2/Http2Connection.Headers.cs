using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Wire.Http2;

/// <content>Header blocks that arrive.</content>
internal abstract partial class Http2Connection
{
    private byte[]? _block;
    private int _blockLength;
    private int _blockStream;
    private bool _blockEndsStream;
    private int _continuations;

    private void HandleHeaders(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        RequireStream(frame);
        var fragment = WithoutPadding(frame, payload);
        if (frame.Has(FrameFlags.Priority))
        {
            if (fragment.Length < 5)
            {
                throw new Http2Exception(Http2ErrorCode.FrameSizeError, "HEADERS is shorter than its priority");
            }

            fragment = fragment[5..];
        }

        if (frame.Has(FrameFlags.EndHeaders))
        {
            HandleBlock(frame.StreamId, fragment, frame.Has(FrameFlags.EndStream));
            return;
        }

        _blockStream = frame.StreamId;
        _blockEndsStream = frame.Has(FrameFlags.EndStream);
        _blockLength = 0;
        _continuations = 0;
        AppendBlock(fragment);
    }

    private void HandleContinuation(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (_blockStream == 0)
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, "CONTINUATION without a header block before it");
        }

        if (++_continuations > Limits.ContinuationFrames)
        {
            throw new Http2Exception(Http2ErrorCode.EnhanceYourCalm, $"a header block of more than {Limits.ContinuationFrames} CONTINUATION frames");
        }

        AppendBlock(payload);
        if (frame.Has(FrameFlags.EndHeaders))
        {
            var streamId = _blockStream;
            var block = _block;
            _blockStream = 0;
            _block = null;
            HandleBlock(streamId, block.AsSpan(0, _blockLength), _blockEndsStream);
        }
    }

    private void AppendBlock(ReadOnlySpan<byte> fragment)
    {
        // The block cannot be skipped (the table would be lost), so a block over the limit ends the connection, before it is stored.
        if (_blockLength + fragment.Length > HeaderListBytes)
        {
            throw new Http2Exception(Http2ErrorCode.EnhanceYourCalm, $"a header block of more than {HeaderListBytes} bytes");
        }

        if (_block is null || _block.Length - _blockLength < fragment.Length)
        {
            Array.Resize(ref _block, Math.Max(_blockLength + fragment.Length, (_block?.Length ?? 0) * 2));
        }

        fragment.CopyTo(_block.AsSpan(_blockLength));
        _blockLength += fragment.Length;
    }

    private void HandleBlock(int streamId, ReadOnlySpan<byte> block, bool endStream)
    {
        _headers.Clear();
        _decoder.Decode(block, _headers);
        if (!_streams.TryGetValue(streamId, out var stream))
        {
            OnUnknownStreamHeaders(streamId, _headers, endStream);
            return;
        }

        if (stream.RemoteEnded)
        {
            FailStream(stream, Http2ErrorCode.StreamClosed);
            return;
        }

        foreach (var field in _headers.Fields)
        {
            if (field.IsMalformed || field.Kind == HeaderKind.ConnectionSpecific || (field.IsPseudo && stream.HeadersReceived))
            {
                FailStream(stream, Http2ErrorCode.ProtocolError);
                return;
            }
        }

        // RFC 9113 section 8.1: a second header block is trailers and ends the stream.
        if (_headers.IsTooLarge || (stream.HeadersReceived && !endStream))
        {
            FailStream(stream, _headers.IsTooLarge ? Http2ErrorCode.EnhanceYourCalm : Http2ErrorCode.ProtocolError);
            return;
        }

        stream.RemoteEnded = endStream;
        stream.OnHeaders(_headers.Fields, endStream);
        CloseIfDone(stream);
    }
}
