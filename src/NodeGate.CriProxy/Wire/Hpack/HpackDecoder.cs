using System.Buffers;

namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>Decodes the header blocks of one direction of one connection (RFC 7541).</summary>
/// <param name="maxTableBytes">The SETTINGS_HEADER_TABLE_SIZE that we advertised.</param>
/// <param name="maxStringBytes">The longest name or value; a longer one is a compression error.</param>
internal sealed class HpackDecoder(int maxTableBytes, int maxStringBytes) : IDisposable
{
    private const int InternedFields = 128;

    // Longer values are rarely seen twice and would be kept alive for nothing.
    private const int InternedBytes = 256;

    private readonly HeaderField?[] _interned = new HeaderField?[InternedFields];
    private HeaderField[] _table = new HeaderField[64];
    private int _newest = -1;
    private int _count;
    private int _bytes;
    private readonly int _maxTableBytes = maxTableBytes;
    private int _capacity = maxTableBytes;
    private byte[]? _nameScratch;
    private byte[]? _valueScratch;

    /// <summary>The number of entries in the dynamic table.</summary>
    public int TableCount => _count;

    /// <summary>The size of the dynamic table as RFC 7541 section 4.1 counts it.</summary>
    public int TableBytes => _bytes;

    /// <summary>Appends the fields of <paramref name="block"/> to <paramref name="list"/>.</summary>
    /// <exception cref="HpackException">The block is malformed; the connection must end.</exception>
    public void Decode(ReadOnlySpan<byte> block, HeaderList list)
    {
        var position = 0;
        var sizeUpdates = 0;
        var fields = 0;
        while (position < block.Length)
        {
            var first = block[position];
            fields += (first & 0xE0) == 0x20 ? 0 : 1;
            if ((first & 0x80) != 0)
            {
                list.Add(Get(HpackInteger.Read(block, ref position, 7)));
            }
            else if ((first & 0x40) != 0)
            {
                var field = ReadLiteral(block, ref position, 6, neverIndexed: false);
                Insert(field);
                list.Add(field);
            }
            else if ((first & 0x20) != 0)
            {
                // RFC 7541 section 4.2: only at the start of a block, at most two of them.
                if (fields > 0 || ++sizeUpdates > 2)
                {
                    throw new HpackException("a table size update stands behind a field, or is the third");
                }

                Resize(HpackInteger.Read(block, ref position, 5));
            }
            else
            {
                list.Add(ReadLiteral(block, ref position, 4, neverIndexed: (first & 0x10) != 0));
            }
        }
    }

    public void Dispose()
    {
        Return(ref _nameScratch);
        Return(ref _valueScratch);
    }

    private static void Return(ref byte[]? scratch)
    {
        if (scratch is not null)
        {
            ArrayPool<byte>.Shared.Return(scratch);
            scratch = null;
        }
    }

    private HeaderField Get(int index)
    {
        if (index is > 0 and <= HpackStaticTable.Count)
        {
            return HpackStaticTable.Get(index);
        }

        var back = index - HpackStaticTable.Count - 1;
        if (index == 0 || back >= _count)
        {
            throw new HpackException($"index {index} names no entry; the table has {HpackStaticTable.Count} + {_count}");
        }

        return _table[(_newest - back) & (_table.Length - 1)];
    }

    private HeaderField ReadLiteral(ReadOnlySpan<byte> block, ref int position, int prefixBits, bool neverIndexed)
    {
        var nameIndex = HpackInteger.Read(block, ref position, prefixBits);
        byte[]? sharedName = null;
        scoped ReadOnlySpan<byte> name;
        if (nameIndex > 0)
        {
            sharedName = Get(nameIndex).Name;
            name = sharedName;
        }
        else
        {
            name = ReadString(block, ref position, ref _nameScratch);
        }

        var value = ReadString(block, ref position, ref _valueScratch);
        if (name.Length + value.Length > InternedBytes)
        {
            return new HeaderField(sharedName ?? name.ToArray(), value.ToArray(), neverIndexed);
        }

        var hash = HeaderField.ComputeHash(name, value, neverIndexed);
        ref var slot = ref _interned[hash & (InternedFields - 1)];
        if (slot is { } known && known.Hash == hash && known.NeverIndexed == neverIndexed
            && name.SequenceEqual(known.Name) && value.SequenceEqual(known.Value))
        {
            return known;
        }

        return slot = new HeaderField(sharedName ?? name.ToArray(), value.ToArray(), neverIndexed);
    }

    private ReadOnlySpan<byte> ReadString(ReadOnlySpan<byte> block, ref int position, ref byte[]? scratch)
    {
        if (position >= block.Length)
        {
            throw new HpackException("a field ends before its string");
        }

        var huffman = (block[position] & 0x80) != 0;
        var length = HpackInteger.Read(block, ref position, 7);
        if (length > block.Length - position)
        {
            throw new HpackException($"a string of {length} bytes is longer than the rest of the block ({block.Length - position})");
        }

        if (length > maxStringBytes)
        {
            throw new HpackException($"a string of {length} bytes is longer than {maxStringBytes}");
        }

        var raw = block.Slice(position, length);
        position += length;
        if (!huffman)
        {
            return raw;
        }

        var needed = HpackHuffman.MaxDecodedLength(length);
        if (scratch is null || scratch.Length < needed)
        {
            Return(ref scratch);
            scratch = ArrayPool<byte>.Shared.Rent(needed);
        }

        return scratch.AsSpan(0, HpackHuffman.Decode(raw, scratch));
    }

    private void Resize(int capacity)
    {
        if (capacity > _maxTableBytes)
        {
            throw new HpackException($"a table size of {capacity} is over the advertised {_maxTableBytes}");
        }

        _capacity = capacity;
        EvictTo(capacity);
    }

    private void Insert(HeaderField field)
    {
        EvictTo(_capacity - field.Size);
        if (field.Size > _capacity)
        {
            return; // RFC 7541 section 4.4: not an error, the table is empty now.
        }

        if (_count == _table.Length)
        {
            var larger = new HeaderField[_table.Length * 2];
            for (var i = 0; i < _count; i++)
            {
                larger[_count - 1 - i] = _table[(_newest - i) & (_table.Length - 1)];
            }

            _table = larger;
            _newest = _count - 1;
        }

        _newest = (_newest + 1) & (_table.Length - 1);
        _table[_newest] = field;
        _count++;
        _bytes += field.Size;
    }

    private void EvictTo(int bytes)
    {
        while (_count > 0 && _bytes > bytes)
        {
            ref var oldest = ref _table[(_newest - (_count - 1)) & (_table.Length - 1)];
            _bytes -= oldest.Size;
            oldest = null!;
            _count--;
        }
    }
}
