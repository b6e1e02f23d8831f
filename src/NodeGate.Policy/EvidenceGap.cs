using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>Evidence could not be collected completely: what is missing might have satisfied an authority.</summary>
/// <param name="Reason">Why, such as <see cref="DecisionReason.RegistryUnavailable"/>.</param>
/// <param name="Detail">What was asked for and what came, with the fix; the same failure gives the same text, and no secrets.</param>
public sealed record EvidenceGap(DecisionReason Reason, string Detail);
