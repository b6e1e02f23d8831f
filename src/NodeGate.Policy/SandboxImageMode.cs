namespace NodeGate.Policy;

/// <summary>What becomes of a pod whose sandbox (pause) image is not admitted; the runtime pulls that image by itself.</summary>
public enum SandboxImageMode
{
    /// <summary>It is judged and reported, and the pod starts. The default: a node whose pause image has no rule must not stop.</summary>
    Observe = 0,

    /// <summary>The pod does not start.</summary>
    Enforce = 1,
}
