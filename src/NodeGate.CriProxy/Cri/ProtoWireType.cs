namespace NodeGate.CriProxy.Cri;

/// <summary>The wire types of protobuf (protobuf.dev/programming-guides/encoding, "Message Structure"). 6 and 7 do not exist.</summary>
internal enum ProtoWireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}
