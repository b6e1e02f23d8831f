using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>Whether an image on the node is reported to the kubelet as present. The zero is the strict one.</summary>
/// <param name="IsShown">False: it is reported absent, so that the kubelet pulls it through the gate.</param>
/// <param name="Decision">The decision behind it; null where a recent good answer is repeated (design.md section 2, step 11).</param>
public readonly record struct Presence(bool IsShown, Decision? Decision);
