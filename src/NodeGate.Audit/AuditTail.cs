using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace NodeGate.Audit;

/// <summary>The end of an audit file: where its last complete line ends and where the chain goes on.</summary>
/// <param name="GoodLength">The length up to and with the last line feed.</param>
/// <param name="TornBytes">How many bytes stand behind it: a line whose writing was interrupted.</param>
/// <param name="Seq">The last record's sequence number, or 0.</param>
/// <param name="Hash">The last record's hash as it stands there, or null where the last line cannot be read as a record.</param>
internal sealed record AuditTail(long GoodLength, long TornBytes, long Seq, string? Hash)
{
    /// <summary>Reads the end of <paramref name="file"/>; never more than two lines' worth of it.</summary>
    internal static AuditTail Read(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        if (length == 0)
        {
            return new AuditTail(0, 0, 0, AuditChain.Genesis);
        }

        var start = Math.Max(0, length - (2L * AuditLimits.MaxLineBytes));
        var buffer = new byte[length - start];
        var read = 0;
        while (read < buffer.Length)
        {
            var n = RandomAccess.Read(file, buffer.AsSpan(read), start + read);
            if (n == 0)
            {
                break;
            }

            read += n;
        }

        ReadOnlySpan<byte> text = buffer.AsSpan(0, read);
        var good = text.LastIndexOf((byte)'\n') + 1;
        if (good == 0 && start > 0)
        {
            // Not a line of ours, and too long to be a torn one: it stays, and verification will name it.
            return new AuditTail(length, 0, 0, null);
        }

        var torn = text.Length - good;
        var (seq, hash) = LastRecord(text[..good]);
        return new AuditTail(start + good, torn, seq, good == 0 ? AuditChain.Genesis : hash);
    }

    /// <summary>The last line that can be read gives the sequence number; only the very last one gives the hash.</summary>
    private static (long Seq, string? Hash) LastRecord(ReadOnlySpan<byte> lines)
    {
        var skipped = 0;
        while (!lines.IsEmpty)
        {
            var begin = lines[..^1].LastIndexOf((byte)'\n') + 1;
            var line = lines[begin..^1];
            if (AuditChain.TrySplit(line, out _, out var hash) && TryReadSeq(line, out var seq))
            {
                return (seq + skipped, skipped == 0 ? hash : null);
            }

            skipped++;
            lines = lines[..begin];
        }

        return (skipped, null);
    }

    private static bool TryReadSeq(ReadOnlySpan<byte> line, out long seq)
    {
        seq = 0;
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(AuditFields.Seq))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out seq);
                }
            }

            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
