using System.Text.Json;

namespace NodeGate.Audit;

/// <summary>Follows the hash chain and names the first line that was changed, removed or put in (README "The chain").</summary>
public static class AuditVerifier
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>Verifies the log at <paramref name="path"/> over all its files, oldest first, up to the first damage.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<AuditVerification> VerifyAsync(string path, CancellationToken cancellationToken)
    {
        var (records, firstSeq, lastSeq, lastHash) = (0L, 0L, 0L, AuditChain.Genesis);
        AuditEntry? last = null;
        AuditDamage? damage = null;
        await foreach (var entry in AuditReader.ReadAsync(path, cancellationToken))
        {
            damage = Read(entry, out var link);
            if (damage is null && link is not null)
            {
                damage = records == 0 ? CheckFirst(entry, link) : CheckNext(entry, link, last!, lastSeq, lastHash);
            }

            if (damage is not null || link is null)
            {
                break;
            }

            firstSeq = records == 0 ? link.Seq : firstSeq;
            (records, lastSeq, lastHash, last) = (records + 1, link.Seq, link.Hash, entry);
        }

        return new AuditVerification(records, firstSeq, lastSeq, lastHash, damage);
    }

    private static AuditDamage? Read(AuditEntry entry, out Link? link)
    {
        link = null;
        if (!entry.IsComplete)
        {
            return Damage(AuditDamageKind.Torn, entry, "The line has no end.");
        }

        if (!AuditChain.TrySplit(entry.Text.Span, out var record, out var hash))
        {
            return Damage(AuditDamageKind.Changed, entry, "The line does not end with a hash.");
        }

        var expected = AuditChain.Hash(record);
        if (!string.Equals(expected, hash, StringComparison.Ordinal))
        {
            return Damage(AuditDamageKind.Changed, entry, $"The line says its hash is {hash}, and it is {expected}.");
        }

        link = ReadLink(entry.Text, hash);
        return link is null ? Damage(AuditDamageKind.Changed, entry, "The line is not a record with the members that NodeGate writes.") : null;
    }

    private static Link? ReadLink(ReadOnlyMemory<byte> line, string hash)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.EnumerateObject().Select(p => p.Name).SequenceEqual(AuditFields.InOrder, StringComparer.Ordinal)
                && root.GetProperty(AuditFields.Seq) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seq)
                && root.GetProperty(AuditFields.Prev) is { ValueKind: JsonValueKind.String } prev
                    ? new Link(seq, prev.GetString()!, hash)
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is not Unicode.
            return null;
        }
    }

    private static AuditDamage? CheckFirst(AuditEntry entry, Link link) => link switch
    {
        { Seq: < 1 } => Damage(AuditDamageKind.Changed, entry, $"Sequence number {link.Seq}; the first one is 1."),
        { Seq: 1 } when link.Prev != AuditChain.Genesis =>
            Damage(AuditDamageKind.Changed, entry, "The first record has a predecessor's hash."),
        _ => null,
    };

    private static AuditDamage? CheckNext(AuditEntry entry, Link link, AuditEntry last, long lastSeq, string lastHash)
    {
        if (link.Seq > lastSeq + 1)
        {
            return Damage(AuditDamageKind.Removed, entry, $"The records {lastSeq + 1} to {link.Seq - 1} before this line are missing.");
        }

        if (link.Seq <= lastSeq)
        {
            return Damage(AuditDamageKind.Inserted, entry, $"Sequence number {link.Seq} comes after {lastSeq}.");
        }

        // Its hash is its own, but it is not what this line was written after: it was rewritten, hash included.
        return link.Prev == lastHash
            ? null
            : Damage(AuditDamageKind.Changed, last, $"The next line was written after a record with the hash {link.Prev}, and this is {lastHash}.");
    }

    private static AuditDamage Damage(AuditDamageKind kind, AuditEntry entry, string message) => new(kind, entry.File, entry.Line, message);

    private sealed record Link(long Seq, string Prev, string Hash);
}
