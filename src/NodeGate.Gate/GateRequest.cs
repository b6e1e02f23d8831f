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
}
