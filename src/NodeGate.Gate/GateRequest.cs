using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>The question of an edge: may this reference be pulled here, and as which digest?</summary>
public sealed record GateRequest
{
    /// <summary>The reference as the caller wrote it; parsed by the gate (design.md section 2, step 2).</summary>
    public required string Image { get; init; }

    /// <summary>What asks.</summary>
    public DecisionEvent Event { get; init; } = DecisionEvent.Pull;

    /// <summary>The pod's namespace from the sandbox configuration; null where the caller has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The pod's name, for the audit log.</summary>
    public string? Pod { get; init; }

    /// <summary>The pod's UID, for the audit log.</summary>
    public string? PodUid { get; init; }

    /// <summary>The caller's credentials. Used for this question only.</summary>
    public RegistryCredential? Credential { get; init; }

    /// <summary>How long the caller can wait, where that is less than the gate's own deadline; beyond it the answer is undetermined (<c>TimedOut</c>).</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// True where the caller puts the digest that is decided on in the place of the tag: that satisfies a rule with <c>requireDigest</c>.
    /// </summary>
    public bool IsPinned { get; init; }

    /// <summary>True where nothing will happen whatever the answer is: then the audit log has no record of it. What was verified is remembered all the same.</summary>
    public bool IsDryRun { get; init; }
}
