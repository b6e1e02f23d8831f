using NodeGate.Policy;

namespace NodeGate.Host.Configuration;

/// <summary>A valid configuration, or everything that is wrong with it.</summary>
internal sealed record ConfigLoadResult(NodeGateConfig? Config, IReadOnlyList<PolicyError> Errors);
