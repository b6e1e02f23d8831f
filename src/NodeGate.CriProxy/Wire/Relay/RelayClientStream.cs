using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>containerd's end of a relayed call: what arrives goes to the client as it is.</summary>
internal sealed class RelayClientStream(RelayServerStream downstream) : ClientStream
{
    public override void OnHeaders(ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        if (!IsInformational(fields))
        {
            HeadersReceived = true;
            downstream.HasAnswered = true;
        }

        downstream.SendHeaders(fields, endStream);
    }

    public override void OnData(ReadOnlySpan<byte> data, bool endStream) => downstream.SendData(data, endStream);

    public override void OnReset(Http2ErrorCode code, bool wasComplete)
    {
        if (wasComplete)
        {
            downstream.SendResetWhenSent(code);
        }
        else
        {
            downstream.SendReset(code);
        }
    }

    public override void OnConnectionLost() =>
        downstream.AnswerError(GrpcStatusCode.Unavailable, "nodegate: the connection to containerd was lost during the call");

    public override void OnStreamError(Http2ErrorCode code) => downstream.SendReset(code);

    public override void OnUnavailable(string message) => downstream.AnswerError(GrpcStatusCode.Unavailable, message);

    protected override void OnSent(int bytes) => downstream.Credit(bytes);

    private static bool IsInformational(ReadOnlySpan<HeaderField> fields)
    {
        foreach (var field in fields)
        {
            if (field.Kind == HeaderKind.Status)
            {
                return field.Value.Length == 3 && field.Value[0] == (byte)'1';
            }
        }

        return false;
    }
}
