namespace NodeGate.Audit;

/// <summary>Records of one image with one reason.</summary>
public sealed class AuditGroup
{
    private readonly SortedSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _rules = new(StringComparer.Ordinal);

    internal AuditGroup(AuditRecord first)
    {
        First = first.Time;
        Newest = first;
    }

    /// <summary>How many.</summary>
    public long Count { get; private set; }

    /// <summary>The time of the first.</summary>
    public DateTimeOffset First { get; private set; }

    /// <summary>The last one: its message, and with it the fix, is the one that holds.</summary>
    public AuditRecord Newest { get; private set; }

    /// <summary>The namespaces, sorted; no more than <see cref="AuditLimits.MaxNamesPerGroup"/>.</summary>
    public IReadOnlyCollection<string> Namespaces => _namespaces;

    /// <summary>The rules, sorted; no more than <see cref="AuditLimits.MaxNamesPerGroup"/>.</summary>
    public IReadOnlyCollection<string> Rules => _rules;

    internal void Add(AuditRecord record)
    {
        Count++;
        First = record.Time < First ? record.Time : First;
        Newest = record.Time >= Newest.Time ? record : Newest;
        Add(_namespaces, record.Namespace);
        Add(_rules, record.Rule);
    }

    private static void Add(SortedSet<string> names, string? name)
    {
        if (name is not null && names.Count < AuditLimits.MaxNamesPerGroup)
        {
            names.Add(name);
        }
    }
}
