using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>A call of a client of ours, and the answers that NodeGate itself gives.</summary>
internal abstract class ServerStream : Http2Stream
{
    /// <summary>A header block other than 1xx was sent (or waits to be).</summary>
    public bool HasAnswered { get; set; }

    /// <summary>Ends the call with a status: Trailers-Only where nothing was answered yet, else as trailers.</summary>
    public void AnswerError(GrpcStatusCode status, string message)
    {
        if (LocalEnded || IsReset || IsEnding)
        {
            return;
        }

        SendHeaders(
            HasAnswered
                ? [GrpcFields.Status(status), GrpcFields.Message(message)]
                : [GrpcFields.Status200, GrpcFields.ContentType, GrpcFields.Status(status), GrpcFields.Message(message)],
            endStream: true);
        StopRequest();
    }

    /// <summary>Writes a complete answer.</summary>
    public void Answer(GrpcReply reply)
    {
        if (LocalEnded || IsReset || IsEnding)
        {
            return;
        }

        if (reply.TrailersOnly)
        {
            // One block with END_STREAM and nothing after it (kubelet-observed.md section 2, "Trap").
            SendHeaders(GrpcFields.Leading(reply), endStream: true);
            StopRequest();
            return;
        }

        HasAnswered = true;
        SendHeaders(GrpcFields.Leading(reply), endStream: false);
        if (reply.Message is { } message)
        {
            SendMessage(message, endStream: false);
        }

        SendHeaders(GrpcFields.Trailing(reply), endStream: true);
        StopRequest();
    }

    /// <summary>RFC 9113 section 8.1: after a complete answer the rest of the request is not wanted, which is no error.</summary>
    private void StopRequest()
    {
        if (!RemoteEnded && LocalEnded)
        {
            SendReset(Http2ErrorCode.NoError);
        }
    }
}
