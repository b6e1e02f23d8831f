namespace NodeGate.CriProxy.Tests.Cri;

/// <summary>Writes protobuf by hand, including what no encoder would write.</summary>
internal sealed class WireBuilder
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public WireBuilder Varint(ulong value, int padding = 0)
    {
        while (value >= 0x80)
        {
            _bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.Add(padding == 0 ? (byte)value : (byte)(value | 0x80));
        for (var left = padding; left > 0; left--)
        {
            _bytes.Add(left == 1 ? (byte)0 : (byte)0x80);
        }

        return this;
    }

    public WireBuilder Tag(int field, int wireType, int padding = 0) => Varint(((ulong)field << 3) | (uint)wireType, padding);

    public WireBuilder Bytes(int field, ReadOnlySpan<byte> value, int padding = 0)
    {
        Tag(field, 2, padding).Varint((ulong)value.Length, padding);
        return Raw(value);
    }

    public WireBuilder Text(int field, string value, int padding = 0) => Bytes(field, System.Text.Encoding.UTF8.GetBytes(value), padding);

    public WireBuilder Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
