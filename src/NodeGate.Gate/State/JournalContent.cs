namespace NodeGate.Gate.State;

/// <summary>What a journal's bytes say.</summary>
/// <param name="Records">The records that can be read, in their order.</param>
/// <param name="GoodLength">The length up to the first byte that is not part of a good line.</param>
/// <param name="IsDamaged">True when good lines follow a bad one, or the format is not ours: more than a torn end.</param>
internal sealed record JournalContent(IReadOnlyList<object> Records, long GoodLength, bool IsDamaged)
{
    /// <summary>Reads a journal. Only at its end can a write have been interrupted; a bad line anywhere else is damage.</summary>
    internal static JournalContent Read(ReadOnlyMemory<byte> bytes)
    {
        var records = new List<object>();
        var (position, good, bad, damaged) = (0, 0, false, false);
        while (position < bytes.Length)
        {
            var length = bytes.Span[position..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }

            var record = length <= LedgerLimits.MaxLineBytes ? JournalCodec.Decode(bytes.Slice(position, length)) : null;
            var isHeader = record is string;
            position += length + 1;
            if (record is null || isHeader != (position == length + 1))
            {
                bad = true;
                continue;
            }

            damaged |= bad;
            if (!isHeader)
            {
                records.Add(record);
            }

            good = bad ? good : position;
        }

        // Without a good first line nothing says that this is a ledger at all.
        damaged |= good == 0 && bytes.Length > JournalCodec.EncodeHeader().Length;
        return new JournalContent(records, good, damaged);
    }
}
