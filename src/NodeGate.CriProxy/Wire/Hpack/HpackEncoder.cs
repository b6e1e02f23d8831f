using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>
/// Encodes the header blocks of one direction of one connection (RFC 7541): fields seen before cost one byte or two. Strings are
/// written as they are, without Huffman coding.
/// </summary>
internal sealed class HpackEncoder(int maxTableBytes)
{
    private readonly int _maxTableBytes = maxTableBytes;
    private readonly Dictionary<HeaderField, long> _lookup = [];
    private readonly Queue<HeaderField> _entries = new();
    private long _inserted;
    private int _bytes;
    private int _capacity = Math.Min(4096, maxTableBytes);
    private int _smallestPending = int.MaxValue;
    private bool _updatePending;

    /// <summary>The number of entries in the dynamic table.</summary>
    public int TableCount => _entries.Count;

    /// <summary>The peer's SETTINGS_HEADER_TABLE_SIZE: an upper bound, and we never use more than our own limit.</summary>
    public void SetPeerTableSize(uint bytes)
    {
        var capacity = (int)Math.Min(bytes, (uint)_maxTableBytes);
        if (capacity == _capacity)
        {
            return;
        }

        _capacity = capacity;
        _smallestPending = Math.Min(_smallestPending, capacity);
        _updatePending = true;
        EvictTo(capacity);
    }

    /// <summary>Appends the block for <paramref name="fields"/> to <paramref name="output"/>.</summary>
    public void Encode(ReadOnlySpan<HeaderField> fields, OutputBuffer output)
    {
        if (_updatePending)
        {
            WriteSizeUpdates(output);
        }

        foreach (var field in fields)
        {
            Encode(field, output);
        }
    }

    private static bool ShouldIndex(HeaderField field) =>
        field.Kind is not (HeaderKind.Volatile or HeaderKind.GrpcTimeout or HeaderKind.GrpcMessage);

    private static void WriteString(ReadOnlySpan<byte> text, OutputBuffer output)
    {
        var span = output.GetSpan(6 + text.Length);
        var length = HpackInteger.Write(span, 0, 7, text.Length);
        text.CopyTo(span[length..]);
        output.Advance(length + text.Length);
    }

    private static void WriteInteger(byte first, int prefixBits, int value, OutputBuffer output) =>
        output.Advance(HpackInteger.Write(output.GetSpan(6), first, prefixBits, value));

    private void Encode(HeaderField field, OutputBuffer output)
    {
        if (field.NeverIndexed)
        {
            WriteLiteral(0x10, 4, field, output);
            return;
        }

        if (field.StaticIndex > 0)
        {
            WriteInteger(0x80, 7, field.StaticIndex, output);
            return;
        }

        if (_lookup.TryGetValue(field, out var inserted))
        {
            WriteInteger(0x80, 7, HpackStaticTable.Count + (int)(_inserted - inserted) + 1, output);
            return;
        }

        // An entry of more than a quarter of the table would push out what every call needs; the empty grpc-message of each OK answer must stay.
        if ((!ShouldIndex(field) && field.Value.Length > 0) || field.Size > _capacity / 4)
        {
            WriteLiteral(0x00, 4, field, output);
            return;
        }

        WriteLiteral(0x40, 6, field, output);
        EvictTo(_capacity - field.Size);
        _entries.Enqueue(field);
        _lookup[field] = ++_inserted;
        _bytes += field.Size;
    }

    private static void WriteLiteral(byte first, int prefixBits, HeaderField field, OutputBuffer output)
    {
        WriteInteger(first, prefixBits, field.StaticNameIndex, output);
        if (field.StaticNameIndex == 0)
        {
            WriteString(field.Name, output);
        }

        WriteString(field.Value, output);
    }

    private void WriteSizeUpdates(OutputBuffer output)
    {
        // RFC 7541 section 4.2: the smallest size between two blocks is announced too, since it evicted entries.
        if (_smallestPending < _capacity)
        {
            WriteInteger(0x20, 5, _smallestPending, output);
        }

        WriteInteger(0x20, 5, _capacity, output);
        _updatePending = false;
        _smallestPending = int.MaxValue;
    }

    private void EvictTo(int bytes)
    {
        while (_entries.Count > 0 && _bytes > bytes)
        {
            var oldest = _entries.Dequeue();
            _lookup.Remove(oldest);
            _bytes -= oldest.Size;
        }
    }
}
