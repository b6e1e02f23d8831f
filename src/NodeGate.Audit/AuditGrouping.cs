namespace NodeGate.Audit;

/// <summary>Groups records by image and reason, in bounded memory however long the log is.</summary>
public sealed class AuditGrouping
{
    private readonly Dictionary<(string Image, string? Reason), AuditGroup> _groups = [];

    /// <summary>How many records found no place any more, because there are too many different images.</summary>
    public long Ungrouped { get; private set; }

    /// <summary>Adds <paramref name="record"/>.</summary>
    public void Add(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var key = (record.Image, record.Reason);
        if (!_groups.TryGetValue(key, out var group))
        {
            if (_groups.Count == AuditLimits.MaxGroups)
            {
                Ungrouped++;
                return;
            }

            group = new AuditGroup(record);
            _groups.Add(key, group);
        }

        group.Add(record);
    }

    /// <summary>The groups, the most frequent first; among equals by image and reason, so that the same log gives the same list.</summary>
    public IReadOnlyList<AuditGroup> ToList() =>
    [
        .. _groups.Values
            .OrderByDescending(g => g.Count)
            .ThenBy(g => g.Newest.Image, StringComparer.Ordinal)
            .ThenBy(g => g.Newest.Reason, StringComparer.Ordinal),
    ];
}
