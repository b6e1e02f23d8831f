using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>One line of the audit log before the log adds time, sequence, node and hash chain (design.md section 7).</summary>
public sealed record DecisionRecord
{
    /// <summary>What happened.</summary>
    public required DecisionEvent Event { get; init; }

    /// <summary>The reference as asked for; empty for events without an image.</summary>
    public string Image { get; init; } = "";

    /// <summary>The digest, or null.</summary>
    public Digest? Digest { get; init; }

    /// <summary>The pod's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The pod's name, or null.</summary>
    public string? Pod { get; init; }

    /// <summary>The pod's UID, or null.</summary>
    public string? PodUid { get; init; }

    /// <summary><c>Admitted</c>, <c>Denied</c> or <c>Undetermined</c>; null for events that decide nothing.</summary>
    public string? Decision { get; init; }

    /// <summary>The reason; null for events that decide nothing.</summary>
    public DecisionReason? Reason { get; init; }

    /// <summary>The sentence for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>The rule, or null.</summary>
    public string? Rule { get; init; }

    /// <summary>The mode.</summary>
    public PolicyMode Mode { get; init; }

    /// <summary>The signers that satisfied the rule.</summary>
    public ImmutableArray<string> Signers { get; init; } = [];

    /// <summary>True when the ledger answered.</summary>
    public bool Cached { get; init; }

    /// <summary>How long the decision took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The policy's revision.</summary>
    public string PolicyRevision { get; init; } = "";

    /// <summary>The record of <paramref name="decision"/>: in audit mode, of the refusal that would have been.</summary>
    public static DecisionRecord Of(DecisionEvent @event, Decision decision, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var effective = decision.Effective;
        return new DecisionRecord
        {
            Event = @event,
            Image = effective.Basis.Image,
            Digest = effective.Basis.Digest,
            Namespace = effective.Basis.Namespace,
            Decision = effective.Outcome,
            Reason = effective.Reason,
            Message = effective.Message,
            Rule = effective.Basis.Rule,
            Mode = effective.Basis.Mode,
            Signers = effective.Signers,
            Cached = effective.Cached,
            Duration = duration,
            PolicyRevision = effective.Basis.PolicyRevision,
        };
    }
}
