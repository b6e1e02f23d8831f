using NodeGate.CriProxy.Cri;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class ProtoFieldReaderTests
{
    [Fact]
    public void Read_EveryWireType_GivesNumberTypeAndRawBytes()
    {
        var message = new WireBuilder().Tag(1, 0).Varint(300).Tag(2, 1).Raw(1, 2, 3, 4, 5, 6, 7, 8).Text(3, "abc").Tag(4, 3).Text(9, "in").Tag(4, 4)
            .Tag(5, 5).Raw(1, 2, 3, 4).ToArray();
        var seen = new List<(int, ProtoWireType)>();
        var copy = new List<byte>();
        var reader = new ProtoFieldReader(message);
        while (reader.Read())
        {
            seen.Add((reader.Number, reader.WireType));
            copy.AddRange(reader.Raw);
        }

        Assert.Equal(
            [(1, ProtoWireType.Varint), (2, ProtoWireType.Fixed64), (3, ProtoWireType.LengthDelimited), (4, ProtoWireType.StartGroup), (5, ProtoWireType.Fixed32)],
            seen);
        Assert.Equal(message, copy);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "tag cut off", [0x80] },
        { "length cut off", [0x0A] },
        { "value cut off", [0x0A, 0x05, 1, 2] },
        { "length of 2^63", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "length of 2^32 + 1, which 32 bits read as 1", [0x0A, 0x81, 0x80, 0x80, 0x80, 0x10, 1] },
        { "fixed64 cut off", [0x09, 1, 2, 3] },
        { "fixed32 cut off", [0x0D, 1, 2, 3] },
        { "field number 0", [0x02, 0] },
        { "wire type 6", [0x0E] },
        { "wire type 7", [0x0F] },
        { "end of a group that was not opened", [0x0C] },
        { "group never closed", [0x0B] },
        { "group closed by another number", [0x0B, 0x14] },
        { "varint of eleven bytes", [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0] },
        { "varint above 64 bits", [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02] },
        // int32(wire >> 3) of one Go runtime makes this field 1: the request would carry an image that nobody else sees.
        { "tag of field 2^32 + 1", [0x8A, 0x80, 0x80, 0x80, 0x80, 0x01, 0] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Read_MalformedMessage_Refuses(string what, byte[] message)
    {
        var fault = Assert.Throws<FormatException>(() => ReadAll(message));
        Assert.True(fault.Message.StartsWith("The message is not valid protobuf: ", StringComparison.Ordinal), what);
    }

    [Fact]
    public void Read_GroupsAtTheLimit_AreSkippedAndBeyondItRefused()
    {
        Assert.Equal(1, ReadAll(Nested(CriLimits.MaxGroupDepth)));
        Assert.Throws<FormatException>(() => ReadAll(Nested(CriLimits.MaxGroupDepth + 1)));
    }

    [Fact]
    public void Read_FieldsAtTheLimit_AreReadAndBeyondItRefused()
    {
        var message = new byte[2 * (CriLimits.MaxFields + 1)];
        for (var index = 0; index < message.Length; index += 2)
        {
            message[index] = 0x08;
        }

        Assert.Equal(CriLimits.MaxFields, ReadAll(message[..^2]));
        Assert.Throws<FormatException>(() => ReadAll(message));
    }

    private static byte[] Nested(int depth)
    {
        var builder = new WireBuilder();
        for (var level = 0; level < depth; level++)
        {
            builder.Tag(7, 3);
        }

        for (var level = 0; level < depth; level++)
        {
            builder.Tag(7, 4);
        }

        return builder.ToArray();
    }

    private static int ReadAll(byte[] message)
    {
        var reader = new ProtoFieldReader(message);
        var count = 0;
        while (reader.Read())
        {
            count++;
        }

        return count;
    }
}
