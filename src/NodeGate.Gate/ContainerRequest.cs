using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>The question of an edge: may a container of this pod run the image that is on the node (design.md section 2, step 12)?</summary>
public sealed record ContainerRequest
{
    /// <summary>The image that would run, with every name of it and what that points at.</summary>
    public required PresentImage Image { get; init; }

    /// <summary>The image as the pod says it; null or empty where the caller does not tell, so that any of the image's names may be meant.</summary>
    public string? Written { get; init; }

    /// <summary>The pod's namespace; null where the caller has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The pod's name, for the audit log.</summary>
    public string? Pod { get; init; }

    /// <summary>The pod's UID, for the audit log.</summary>
    public string? PodUid { get; init; }

    /// <summary>What asks.</summary>
    public DecisionEvent Event { get; init; } = DecisionEvent.CreateContainer;
}
