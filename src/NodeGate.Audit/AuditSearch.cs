using System.Runtime.CompilerServices;

namespace NodeGate.Audit;

/// <summary>Reads a log for the records that a filter asks for. What is damaged is passed over, counted and named; it does not end the search.</summary>
/// <param name="filter">What is asked for.</param>
public sealed class AuditSearch(AuditFilter filter)
{
    private readonly List<AuditDamage> _damage = [];

    /// <summary>The damaged lines; no more than <see cref="AuditLimits.MaxDamageShown"/>.</summary>
    public IReadOnlyList<AuditDamage> Damage => _damage;

    /// <summary>How many lines are damaged.</summary>
    public long DamagedLines { get; private set; }

    /// <summary>The records that are asked for, oldest first, over all files of the log at <paramref name="path"/>.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public async IAsyncEnumerable<AuditRecord> FindAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in AuditReader.ReadAsync(path, cancellationToken))
        {
            if (!entry.IsComplete && entry.File == path && entry.Text.Length < AuditLimits.MaxLineBytes)
            {
                // The daemon is writing it, or died in the middle of it: nobody was answered for it.
                continue;
            }

            if (!entry.IsComplete)
            {
                Add(entry, entry.Text.Length < AuditLimits.MaxLineBytes
                    ? "The line has no end."
                    : $"The line is longer than {AuditLimits.MaxLineBytes} bytes; the rest of the file is not read.");
            }
            else if (!AuditRecord.TryRead(entry.Text, out var record))
            {
                Add(entry, "The line is not a record with the members that NodeGate writes.");
            }
            else if (filter.Matches(record))
            {
                yield return record;
            }
        }
    }

    private void Add(AuditEntry entry, string message)
    {
        DamagedLines++;
        if (_damage.Count < AuditLimits.MaxDamageShown)
        {
            _damage.Add(new AuditDamage(AuditDamageKind.Changed, entry.File, entry.Line, message));
        }
    }
}
