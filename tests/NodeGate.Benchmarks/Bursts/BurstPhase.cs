namespace NodeGate.Benchmarks.Bursts;

/// <summary>What comes all at once.</summary>
internal enum BurstPhase
{
    /// <summary>Different images that the node never saw.</summary>
    ColdPulls = 0,

    /// <summary>The same images again by tag: on the node, and in the ledger.</summary>
    WarmPulls = 1,

    /// <summary>Pods of a few images that the node never saw, as a kubelet starts them.</summary>
    ColdPods = 2,

    /// <summary>The same again under other names: everything is on the node, and in the ledger.</summary>
    WarmPods = 3,
}
