using System.Buffers.Text;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>A unary call of NodeGate's own: the answer is collected into one <see cref="GrpcReply"/>.</summary>
internal sealed class UnaryClientStream(WireLimits limits, ByteBudget budget) : ClientStream
{
    private readonly GrpcMessageReader _reader = new(limits.MessageBytes, budget);
    private readonly TaskCompletionSource<GrpcReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MetadataEntry[] _headers = [];

    public Task<GrpcReply> Reply => _reply.Task;

    public override void OnHeaders(ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        if (endStream)
        {
            Complete(fields, trailersOnly: !HeadersReceived);
            return;
        }

        var status = Find(fields, HeaderKind.Status);
        if (status is null || status.Value.Length != 3 || status.Value[0] != (byte)'1')
        {
            HeadersReceived = true;
            _headers = Select(fields);
            if (status is not null && !status.Value.AsSpan().SequenceEqual("200"u8))
            {
                Fail(FromHttpStatus(status.ValueText), $"containerd answered HTTP status {status.ValueText}");
            }
        }
    }

    public override void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        _reader.Append(data);
        Credit(data.Length);
        if (_reader.Error is { } error)
        {
            Fail(error.Status, error.Message);
        }
        else if (endStream)
        {
            Fail(GrpcStatusCode.Internal, "containerd closed the stream without sending trailers");
        }
    }

    public override void OnReset(Http2ErrorCode code, bool wasComplete) =>
        Fail(FromReset(code), $"containerd terminated the stream with RST_STREAM {code}");

    public override void OnConnectionLost() => Fail(GrpcStatusCode.Unavailable, "nodegate: the connection to containerd was lost during the call");

    public override void OnStreamError(Http2ErrorCode code) => Fail(GrpcStatusCode.Internal, $"containerd's answer broke HTTP/2 ({code})");

    public override void OnUnavailable(string message) => Fail(GrpcStatusCode.Unavailable, message);

    /// <summary>The caller gave up.</summary>
    public void Abandon(CancellationToken cancellationToken)
    {
        _reader.Release();
        _reply.TrySetCanceled(cancellationToken);
    }

    private static HeaderField? Find(ReadOnlySpan<HeaderField> fields, HeaderKind kind)
    {
        foreach (var field in fields)
        {
            if (field.Kind == kind)
            {
                return field;
            }
        }

        return null;
    }

    // What GrpcReply carries as values of its own is left out.
    private static MetadataEntry[] Select(ReadOnlySpan<HeaderField> fields)
    {
        List<MetadataEntry> entries = [];
        foreach (var field in fields)
        {
            if (!field.IsPseudo && field.Kind is not (HeaderKind.ContentType or HeaderKind.GrpcStatus or HeaderKind.GrpcMessage))
            {
                entries.Add(new MetadataEntry(field.NameText, field.ValueText));
            }
        }

        return [.. entries];
    }

    // gRPC over HTTP/2, "HTTP2 Transport Mapping", Errors.
    private static GrpcStatusCode FromReset(Http2ErrorCode code) => code switch
    {
        Http2ErrorCode.Cancel => GrpcStatusCode.Cancelled,
        Http2ErrorCode.RefusedStream => GrpcStatusCode.Unavailable,
        Http2ErrorCode.EnhanceYourCalm => GrpcStatusCode.ResourceExhausted,
        Http2ErrorCode.InadequateSecurity => GrpcStatusCode.PermissionDenied,
        _ => GrpcStatusCode.Internal,
    };

    // gRPC core, http-grpc-status-mapping.md.
    private static GrpcStatusCode FromHttpStatus(string status) => status switch
    {
        "400" => GrpcStatusCode.Internal,
        "401" => GrpcStatusCode.Unauthenticated,
        "403" => GrpcStatusCode.PermissionDenied,
        "404" => GrpcStatusCode.Unimplemented,
        "429" or "502" or "503" or "504" => GrpcStatusCode.Unavailable,
        _ => GrpcStatusCode.Unknown,
    };

    private void Complete(ReadOnlySpan<HeaderField> trailers, bool trailersOnly)
    {
        var status = GrpcStatusCode.Unknown;
        var encoded = Find(trailers, HeaderKind.GrpcMessage)?.Value;
        var message = encoded is null ? null : GrpcMessageText.Decode(encoded);
        if (Find(trailers, HeaderKind.GrpcStatus) is { } code)
        {
            status = Utf8Parser.TryParse(code.Value, out int value, out var used) && used == code.Value.Length ? (GrpcStatusCode)value : GrpcStatusCode.Unknown;
        }
        else if (trailersOnly && Find(trailers, HeaderKind.Status) is { } http && !http.Value.AsSpan().SequenceEqual("200"u8))
        {
            status = FromHttpStatus(http.ValueText);
            message ??= $"containerd answered HTTP status {http.ValueText}";
        }

        if (!_reader.IsEmpty && !_reader.IsComplete)
        {
            Fail(GrpcStatusCode.Internal, "containerd's answer ends in the middle of its message");
            return;
        }

        if (status == GrpcStatusCode.Ok && _reader.IsEmpty)
        {
            Fail(GrpcStatusCode.Internal, "containerd answered OK without a message");
            return;
        }

        ReadOnlyMemory<byte>? body = _reader.IsEmpty ? null : _reader.TakeMessage();
        _reply.TrySetResult(new GrpcReply(status, message, body, [.. _headers], [.. Select(trailers)], trailersOnly)
        {
            EncodedStatusMessage = encoded,
        });
    }

    private void Fail(GrpcStatusCode status, string message)
    {
        SendReset(Http2ErrorCode.Cancel);
        _reader.Release();
        _reply.TrySetResult(GrpcReply.Error(status, message));
    }
}
