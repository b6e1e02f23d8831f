using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>The nine bytes before each frame (RFC 9113 section 4.1).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    public const int Bytes = 9;

    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(source);
        var stream = BinaryPrimitives.ReadUInt32BigEndian(source[5..]);
        return new((int)(first >> 8), (FrameType)(first & 0xFF), (FrameFlags)source[4], (int)(stream & 0x7FFF_FFFF));
    }

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, ((uint)Length << 8) | (byte)Type);
        target[4] = (byte)Flags;
        BinaryPrimitives.WriteUInt32BigEndian(target[5..], (uint)StreamId);
    }

    public bool Has(FrameFlags flag) => (Flags & flag) != FrameFlags.None;
}
