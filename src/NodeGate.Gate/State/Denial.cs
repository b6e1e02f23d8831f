using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>A refusal that is repeated for a while.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">In which words.</param>
internal sealed record Denial(DecisionReason Reason, string Message);
