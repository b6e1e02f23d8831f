namespace NodeGate.Policy;

/// <summary>What asked for a decision, or what else an audit record tells of (design.md section 7). Names are stable.</summary>
public enum DecisionEvent
{
    /// <summary>A <c>PullImage</c> call, or <c>nodegate verify</c> asking the same question.</summary>
    Pull = 0,

    /// <summary>An <c>ImageStatus</c> call about an image that is on the node.</summary>
    ImageStatus = 1,

    /// <summary>A <c>CreateContainer</c> call.</summary>
    CreateContainer = 2,

    /// <summary>An admission review.</summary>
    Admission = 3,

    /// <summary>A policy was loaded, or refused and the last good one kept.</summary>
    PolicyReload = 4,

    /// <summary>The daemon started.</summary>
    Start = 5,

    /// <summary>The daemon stopped.</summary>
    Stop = 6,
}
