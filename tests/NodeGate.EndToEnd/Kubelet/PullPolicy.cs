namespace NodeGate.EndToEnd.Kubelet;

/// <summary>imagePullPolicy.</summary>
internal enum PullPolicy
{
    IfNotPresent,
    Always,
    Never,
}
