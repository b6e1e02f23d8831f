using System.Buffers.Binary;
using System.Text;

namespace NodeGate.Testing.RealParts;

/// <summary>The fields of a protobuf message in the order of the wire, known or not.</summary>
public sealed class ProtoFields
{
    private readonly List<ProtoField> _fields = [];

    private ProtoFields()
    {
    }

    public IReadOnlyList<ProtoField> All => _fields;

    public static ProtoFields Parse(ReadOnlyMemory<byte> message)
    {
        var result = new ProtoFields();
        var at = 0;
        while (at < message.Length)
        {
            var tag = ReadVarint(message.Span, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    result._fields.Add(new ProtoField(number, ReadVarint(message.Span, ref at), default));
                    break;
                case 1:
                    result._fields.Add(new ProtoField(number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span.Slice(at, 8)), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)ReadVarint(message.Span, ref at);
                    result._fields.Add(new ProtoField(number, 0, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    result._fields.Add(new ProtoField(number, BinaryPrimitives.ReadUInt32LittleEndian(message.Span.Slice(at, 4)), default));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"wire type {tag & 7} at byte {at}");
            }
        }

        return result;
    }

    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    public string Text(int number) => Last(number) is { } field ? Encoding.UTF8.GetString(field.Bytes.Span) : "";

    public IReadOnlyList<string> Texts(int number) =>
        [.. _fields.Where(field => field.Number == number).Select(field => Encoding.UTF8.GetString(field.Bytes.Span))];

    public ulong Number(int number) => Last(number)?.Value ?? 0;

    public ProtoFields? Message(int number) => Last(number) is { } field ? Parse(field.Bytes) : null;

    public IReadOnlyList<ProtoFields> Messages(int number) =>
        [.. _fields.Where(field => field.Number == number).Select(field => Parse(field.Bytes))];

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException($"varint longer than 10 bytes before byte {at}");
    }

    private ProtoField? Last(int number) => _fields.FindLast(field => field.Number == number);
}
