using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Tests.Wire;

internal sealed record RawFrame(FrameHeader Header, byte[] Payload)
{
    public FrameType Type => Header.Type;

    public int StreamId => Header.StreamId;

    public bool EndStream => Header.Has(FrameFlags.EndStream);

    public Http2ErrorCode ErrorCode =>
        (Http2ErrorCode)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));
}
