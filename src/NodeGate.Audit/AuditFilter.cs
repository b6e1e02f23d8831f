using NodeGate.Policy;

namespace NodeGate.Audit;

/// <summary>Which records are asked for; what is null or false excludes none.</summary>
public sealed record AuditFilter
{
    /// <summary>Only what a rule in audit mode would have refused, or not have known, and let through.</summary>
    public bool WouldDeny { get; init; }

    /// <summary>The decision.</summary>
    public string? Decision { get; init; }

    /// <summary>The event.</summary>
    public string? Event { get; init; }

    /// <summary>The reason.</summary>
    public string? Reason { get; init; }

    /// <summary>The pod's namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>The images.</summary>
    public ImageSelector? Image { get; init; }

    /// <summary>The rule.</summary>
    public string? Rule { get; init; }

    /// <summary>The earliest time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The time before which it must be.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether <paramref name="record"/> is asked for.</summary>
    public bool Matches(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return (!WouldDeny || (record.IsAudit && record.Decision is ("Denied" or "Undetermined")))
            && Is(Decision, record.Decision)
            && Is(Event, record.Event)
            && Is(Reason, record.Reason)
            && Is(Namespace, record.Namespace)
            && Is(Rule, record.Rule)
            && !(record.Time < Since)
            && !(record.Time >= Until)
            && (Image is null || Image.Matches(record.Image, record.Digest));
    }

    private static bool Is(string? asked, string? found) => asked is null || string.Equals(asked, found, StringComparison.Ordinal);
}
