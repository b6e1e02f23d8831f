namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>RFC 9113 section 6: ACK and END_STREAM share a bit.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,
    EndStream = 0x1,
    Ack = 0x1,
    EndHeaders = 0x4,
    Padded = 0x8,
    Priority = 0x20,
}
