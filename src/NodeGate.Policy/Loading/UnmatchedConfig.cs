namespace NodeGate.Policy.Loading;

/// <summary>A document's own <c>unmatched</c>.</summary>
internal sealed record UnmatchedConfig(UnmatchedAction Action, PolicyPosition Position);
