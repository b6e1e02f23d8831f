namespace NodeGate.Webhook.Reviews;

/// <summary>The key <c>webhook.pin</c>: in which objects a tag is replaced by <c>tag@digest</c>.</summary>
public enum PinMode
{
    /// <summary>Nowhere: references are judged only. A rule with <c>requireDigest</c> then wants a digest from the author.</summary>
    None,

    /// <summary>In pods only, which nobody keeps in git: GitOps tools see no drift.</summary>
    Pods,

    /// <summary>In pods and in the workloads that make them.</summary>
    All,
}
