namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>The fields of one header block, in order. One per connection, reused.</summary>
internal sealed class HeaderList(int maxBytes)
{
    private HeaderField[] _fields = new HeaderField[32];

    public int Count { get; private set; }

    /// <summary>The size as RFC 9113 section 6.5.2 counts it (SETTINGS_MAX_HEADER_LIST_SIZE).</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// More was sent than the limit allows. The rest of the block was still decoded, since the peer's table must stay in step,
    /// but its fields are gone: a few bytes can name a 4 KiB entry thousands of times.
    /// </summary>
    public bool IsTooLarge => Bytes > maxBytes;

    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
    }

    public void Add(HeaderField field)
    {
        Bytes += field.Size;
        if (Bytes > maxBytes)
        {
            return;
        }

        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Count * 2);
        }

        _fields[Count++] = field;
    }
}
