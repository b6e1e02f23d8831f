using System.Buffers.Binary;
using System.Text;

namespace NodeGate.Testing.RealParts;

/// <summary>
/// Writes protobuf fields by number. Tests use it instead of the generated messages where the bytes themselves matter:
/// unknown fields, odd orders, and a second opinion on our own .proto files.
/// </summary>
public sealed class ProtoWriter
{
    private readonly MemoryStream _bytes = new();

    public ProtoWriter String(int field, string? text)
    {
        return string.IsNullOrEmpty(text) ? this : Bytes(field, Encoding.UTF8.GetBytes(text));
    }

    public ProtoWriter Strings(int field, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            Bytes(field, Encoding.UTF8.GetBytes(text));
        }

        return this;
    }

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        WriteVarint(((ulong)field << 3) | 2);
        WriteVarint((ulong)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.ToArray());

    public ProtoWriter Varint(int field, ulong value)
    {
        WriteVarint((ulong)field << 3);
        WriteVarint(value);
        return this;
    }

    public ProtoWriter Fixed32(int field, uint value)
    {
        WriteVarint(((ulong)field << 3) | 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public ProtoWriter Fixed64(int field, ulong value)
    {
        WriteVarint(((ulong)field << 3) | 1);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A map entry: key = 1, value = 2.</summary>
    public ProtoWriter Map(int field, IEnumerable<KeyValuePair<string, string>> entries)
    {
        foreach (var (key, value) in entries)
        {
            Message(field, new ProtoWriter().String(1, key).String(2, value));
        }

        return this;
    }

    /// <summary>Bytes as they are, for what no other method would write.</summary>
    public ProtoWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();

    private void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.WriteByte((byte)value);
    }
}
